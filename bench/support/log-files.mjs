import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { numberOf } from './numbered-lines.mjs';

/** `TIME STREAM F|P TEXT`; `P` means that the line continues in the next record. */
const RECORD = /^\S+ (?:stdout|stderr) ([FP]) (.*)$/s;
/** Written by the log collector, not by the program. */
const RUN_MARK = /^\S+ healer F run /;
const CURRENT_LOG = /^current\.log(?:\.\d+)?$/;
const PEEK_BYTES = 256;
const COLLECT_MS = 10;

/** Yields the lines of a folder of log files, in the order in which they were written. @param {string} folder */
export function* linesOf(folder) {
  const files = readdirSync(folder).map((name) => join(folder, name));
  // The first records of two files differ in their time or, within a millisecond, in their number.
  const inOrder = files.map((path) => ({ path, head: peek(path, 0) })).sort((a, b) => (a.head < b.head ? -1 : 1));
  let begun = '';
  for (const { path } of inOrder) {
    for (const record of readFileSync(path, 'latin1').split('\n').slice(0, -1)) {
      if (RUN_MARK.test(record)) continue;
      const [, flag, text] = RECORD.exec(record) ?? [null, 'F', record];
      begun += text;
      if (flag === 'P') continue;
      yield begun;
      begun = '';
    }
  }
  if (begun !== '') yield begun;
}

/** Returns whether the newest record is the line with that number. @param {string} folder @param {number} number */
export function isWritten(folder, number) {
  try {
    const lastRecord = peek(join(folder, 'current.log'), -PEEK_BYTES).split('\n').at(-2) ?? '';
    return numberOf(RECORD.exec(lastRecord)?.[2] ?? '') === number;
  } catch (error) {
    // The file does not exist yet, or was just rotated.
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Reads bytes at a position in a file; a negative position counts from the end. */
function peek(path, at) {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(PEEK_BYTES);
    const from = at < 0 ? Math.max(0, fstatSync(fd).size + at) : at;
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, PEEK_BYTES, from));
  } finally {
    closeSync(fd);
  }
}

/**
 * Keeps every log file that appears in a folder, by a second link, so that rotation does not delete it.
 * @param {string} folder @param {string} into
 */
export function collectLogs(folder, into) {
  const held = new Set();
  const collect = () => {
    for (const name of readdirSync(folder)) if (CURRENT_LOG.test(name)) holdOnce(join(folder, name), into, held);
  };
  // healer creates the folder with the first line.
  for (const each of [folder, into]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const timer = setInterval(collect, COLLECT_MS);
  return {
    close() {
      clearInterval(timer);
      collect();
    },
  };
}

/** Files may be rotated at any moment, so only the new link identifies the file. */
function holdOnce(path, into, held) {
  if (held.has(inodeOf(path))) return;
  const link = join(into, `log-${held.size}`);
  try {
    linkSync(path, link);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const inode = inodeOf(link);
  if (held.has(inode)) rmSync(link);
  else held.add(inode);
}

function inodeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
