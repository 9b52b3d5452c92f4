/**
 * Kills and suspends an engine and its watcher at random, and checks that each is replaced in time, that each lock always
 * has at most one holder, that no program was restarted, and that the locks are gone at the end.
 *
 *   node bench/watcher.mjs [--rounds 100]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { pause } from './support/pause.mjs';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const SIDES = ['default', 'watcher'];
const SIGNALS = ['SIGKILL', 'SIGSTOP'];
const PROMISED_MS = 10_000;
const PATIENCE_MS = 60_000;
const LOOK_MS = 100;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' } } });
const home = mkdtempSync(join(tmpdir(), 'healer-bench-'));
const env = { ...process.env, HEALER_HOME: home, HEALER_API_PORT: '0', HEALER_ALIVENESS_PORT: '0' };
const run = promisify(execFile);

const problems = [];
const times = [];
try {
  const list = join(home, 'process_list.txt');
  writeFileSync(list, 'a - - -- sleep 100000\nb - - -- sleep 100001\n');
  await healer('watcher', '-f', list);
  await waitForPair();
  const programs = await programPids();
  for (let round = 1; round <= Number(values.rounds); round++) times.push(await playRound(round, programs));
  await healer('down');
  const left = readdirSync(join(home, 'run'));
  if (left.length > 0) problems.push(`left behind: ${left.join(', ')}`);
} finally {
  await healer('down').catch(() => undefined);
  rmSync(home, { recursive: true, force: true });
}
times.sort((a, b) => a - b);
print(
  `replaced after ${times[times.length >> 1]} ms in the median, ${times.at(-1)} ms at most, of ${times.length} rounds`,
);
for (const problem of problems) print(problem);
if (problems.length > 0) process.exitCode = 1;

async function playRound(round, programs) {
  const side = pick(SIDES);
  const signal = pick(SIGNALS);
  const pid = ownerOf(side);
  const beganAt = performance.now();
  process.kill(pid, signal);
  while (ownerOf(side) === pid || !(await isPaired())) {
    for (const each of SIDES) checkHolders(round, each);
    if (performance.now() - beganAt > PATIENCE_MS) throw new Error(`round ${round}: "${side}" was not replaced`);
    await pause(LOOK_MS);
  }
  const startedAt = await startOf(side);
  const tookMs = Math.round(startedAt - (Date.now() - (performance.now() - beganAt)));
  if (tookMs > PROMISED_MS) problems.push(`round ${round}: ${signal} of "${side}" took ${tookMs} ms`);
  const now = await programPids();
  if (now.join() !== programs.join()) problems.push(`round ${round}: pids were ${programs.join()}, are ${now.join()}`);
  print(`round ${round}: ${signal} of "${side}", replaced after ${tookMs} ms`);
  return tookMs;
}

/** Counts holders only: an engine that finds the lock held also has it open for a moment. */
function checkHolders(round, side) {
  const count = countHolders(join(home, 'run', `${side}.lock`));
  if (count > 1) problems.push(`round ${round}: ${count} processes hold the lock of "${side}"`);
}

/** Counts the processes that have the file open and locked, according to the kernel. */
function countHolders(lock) {
  const openers = pids().filter((pid) => openFiles(pid).includes(lock));
  const holders = readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .filter((line) => line.includes('FLOCK') && !line.includes('->'))
    .map((line) => Number(line.trim().split(/\s+/)[4]));
  return openers.filter((pid) => holders.includes(pid)).length;
}

function pids() {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function openFiles(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function ownerOf(side) {
  try {
    return JSON.parse(readFileSync(join(home, 'run', `${side}.lock`), 'utf8')).pid;
  } catch {
    return 0;
  }
}

async function startOf(side) {
  return Date.parse(JSON.parse(await healer('status', '--json', '--instance', side)).startedAt);
}

async function programPids() {
  return JSON.parse(await healer('ls', '--json')).map(({ pid }) => pid);
}

async function isPaired() {
  const { engine, watcher } = JSON.parse(
    await healer('watcher', '--status', '--json').catch(({ stdout }) => stdout || '{}'),
  );
  return engine?.partner?.alive === true && watcher?.partner?.alive === true;
}

async function waitForPair() {
  while (!(await isPaired())) await pause(LOOK_MS);
}

async function healer(...args) {
  return (await run(process.execPath, [CLI, ...args], { env })).stdout;
}

function pick(choices) {
  return choices[Math.floor(Math.random() * choices.length)];
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
