import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Healer, listLine } from './healer.mjs';
import { isWritten } from './log-files.mjs';
import { pause } from './pause.mjs';
import { killQuietly } from './processes.mjs';
import { Reports } from './reports.mjs';
import { waitUntil } from './wait-until.mjs';

/**
 * @typedef {{ lines: number, writeBytes: number }} Volume  what a writer writes, and the size of each write
 * @typedef {{ beganNs: bigint, arrivedNs: bigint }} Journey  from the first write until everything is in a file
 */

/** Short compared with the measured seconds, and only used after the writer has finished. */
const LOOK_MS = 2;
const SETTLE_MS = 1_000;

/** Returns the command of a writer, and the function that starts it. */
function createWriter(workshop, folder, name, reports, { lines, writeBytes }) {
  const go = join(folder, `${name}-go`);
  execFileSync('mkfifo', ['-m', '600', go]);
  return {
    name,
    command: [workshop.compiled('log-writer'), go, reports.path, name, String(lines), String(writeBytes)],
    async letGo() {
      const ended = reports.next([`${name}-began`, `${name}-ended`]);
      // Also opened for reading, so that it does not wait for the writer.
      const fd = openSync(go, constants.O_RDWR);
      writeSync(fd, '!');
      const [{ atNs }] = await ended;
      closeSync(fd);
      return atNs;
    },
  };
}

/**
 * Sends the output of a writer through a minimal reader.
 * @param {import('./workshop.mjs').Workshop} workshop
 * @param {readonly string[]} reader  its command
 * @param {Volume} volume
 * @returns {Promise<Journey>}
 */
export async function writeThrough(workshop, reader, volume) {
  const folder = workshop.newFolder();
  const reports = new Reports(join(folder, 'reports'));
  const writer = createWriter(workshop, folder, 'writer', reports, volume);
  const [file, ...args] = [...reader, join(folder, 'log'), reports.path, 'reader', ...writer.command];
  const arrival = reports.next(['reader']);
  const child = spawn(file, args, { stdio: 'ignore', detached: true });
  const stop = workshop.cleanup.defer(() => {
    killQuietly(-child.pid);
    reports.close();
    workshop.discard(folder);
  });
  const beganNs = await writer.letGo();
  const [{ atNs: arrivedNs }] = await arrival;
  await stop();
  return { beganNs, arrivedNs };
}

/**
 * Starts writers under one healer; each of them can be used once.
 * @param {import('./workshop.mjs').Workshop} workshop
 * @param {number} count
 * @param {Volume} volume
 */
export async function startWriters(workshop, count, volume) {
  const folder = workshop.newFolder();
  const reports = new Reports(join(folder, 'reports'));
  const names = Array.from({ length: count }, (_, number) => `w${number}`);
  const writers = names.map((name) => createWriter(workshop, folder, name, reports, volume));
  const list = join(folder, 'process_list.txt');
  writeFileSync(list, writers.map(({ name, command }) => listLine(name, command)).join(''));
  const healer = new Healer(folder);
  const stop = workshop.cleanup.defer(async () => {
    await healer.down();
    reports.close();
    workshop.discard(folder);
  });
  await healer.up(list);
  await pause(SETTLE_MS);
  return { writers: writers.map((writer) => healedWriter(writer, join(healer.logsFolder, writer.name), volume)), stop };
}

function healedWriter(writer, logFolder, { lines }) {
  return {
    logFolder,
    /** @returns {Promise<Journey>} */
    async write() {
      const beganNs = await writer.letGo();
      await waitUntil(() => isWritten(logFolder, lines - 1), 'the last line in the log', { everyMs: LOOK_MS });
      return { beganNs, arrivedNs: process.hrtime.bigint() };
    },
  };
}
