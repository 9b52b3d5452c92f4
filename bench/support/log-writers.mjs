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
 * @typedef {{ lines: number, writeBytes: number }} Volume  what a writer writes, and in which portions
 * @typedef {{ beganNs: bigint, arrivedNs: bigint }} Journey  from the first write until all of it stands in a file
 */

/** Short beside the seconds that are measured, and used only once the writer has ended. */
const LOOK_MS = 2;
const SETTLE_MS = 1_000;

/** The command of a writer, and what lets it go. */
function createWriter(workshop, folder, name, reports, { lines, writeBytes }) {
  const go = join(folder, `${name}-go`);
  execFileSync('mkfifo', ['-m', '600', go]);
  return {
    name,
    command: [workshop.compiled('log-writer'), go, reports.path, name, String(lines), String(writeBytes)],
    async letGo() {
      const ended = reports.next([`${name}-began`, `${name}-ended`]);
      // Open for reading too: this does not wait for a writer that is not there yet.
      const fd = openSync(go, constants.O_RDWR);
      writeSync(fd, '!');
      const [{ atNs }] = await ended;
      closeSync(fd);
      return atNs;
    },
  };
}

/**
 * Sends a writer's output through a reader that does nothing else.
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
 * Starts writers under one healer, each of them good for one journey.
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
