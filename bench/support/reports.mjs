import { execFileSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { loadavg } from 'node:os';

const TIMEOUT_MS = 120_000;

/** @typedef {{ pid: number, atNs: bigint }} Report a time of CLOCK_MONOTONIC, as returned by `process.hrtime.bigint()` */

/** A FIFO to which programs write their name, pid and time. */
export class Reports {
  /** @type {Map<string, Report>} */
  latest = new Map();
  #waiting = new Set();
  /** @type {Set<(name: string, report: Report) => void>} */
  #listeners = new Set();
  #rest = '';
  #socket;

  /** @param {string} path  of the FIFO to create */
  constructor(path) {
    this.path = path;
    execFileSync('mkfifo', ['-m', '600', path]);
    // Also opened for writing, so that the stream does not end when a writer closes.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.setEncoding('latin1').on('data', (text) => this.#take(text));
  }

  /**
   * Resolves once each of these names has been reported after the call.
   * @param {readonly string[]} names
   * @returns {Promise<Report[]>}
   */
  next(names) {
    return new Promise((resolve, reject) => {
      const missing = new Set(names);
      const timer = setTimeout(() => {
        this.#waiting.delete(wait);
        const some = [...missing].slice(0, 5).join(', ');
        reject(
          new Error(`${missing.size} of ${names.length} programs did not report within ${TIMEOUT_MS} ms: ${some}`),
        );
      }, TIMEOUT_MS);
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(wait);
        resolve(names.map((name) => this.latest.get(name)));
      };
      const wait = { missing, finish };
      this.#waiting.add(wait);
    });
  }

  /**
   * Resolves once these names have been reported in this order after the call. Unlike two calls of `next` in a row, it misses
   * no report that arrives while the caller does something else.
   * @param {readonly string[]} names
   * @returns {Promise<Report[]>}
   */
  async inOrder(names) {
    const found = [];
    let resume = () => {};
    const take = (name, report) => {
      if (name === names[found.length]) found.push(report);
      if (found.length === names.length) resume();
    };
    this.#listeners.add(take);
    try {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          const missing = names.slice(found.length).join(', ');
          const load = loadavg()[0].toFixed(1);
          reject(new Error(`not reported within ${TIMEOUT_MS} ms: ${missing} (load average ${load})`));
        }, TIMEOUT_MS);
        resume = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
    } finally {
      this.#listeners.delete(take);
    }
    return found;
  }

  /**
   * Resolves with the first group of a pattern once a name that matches it has been reported and passes a test.
   * @param {RegExp} pattern
   * @param {(group: string) => boolean} isWanted
   * @returns {Promise<string>}
   */
  matching(pattern, isWanted) {
    return new Promise((resolve) => {
      const take = (name) => {
        const group = pattern.exec(name)?.[1];
        if (group === undefined || !isWanted(group)) return;
        this.#listeners.delete(take);
        resolve(group);
      };
      this.#listeners.add(take);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #take(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#note(line.split(' '));
  }

  #note([name, pid, time]) {
    const atNs = time === 'arrival' ? process.hrtime.bigint() : BigInt(time);
    const report = { pid: Number(pid), atNs };
    this.latest.set(name, report);
    for (const take of this.#listeners) take(name, report);
    for (const wait of this.#waiting) {
      if (wait.missing.delete(name) && wait.missing.size === 0) wait.finish();
    }
  }
}

/** @param {bigint} fromNs @param {bigint} toNs */
export function millisecondsBetween(fromNs, toNs) {
  return Number(toNs - fromNs) / 1e6;
}

/** @param {readonly Report[]} reports */
export function lastOf(reports) {
  return reports.reduce((latest, { atNs }) => (atNs > latest ? atNs : latest), 0n);
}
