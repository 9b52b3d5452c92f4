import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Healer, listLine, waitForSuccess } from './healer.mjs';
import { killQuietly } from './processes.mjs';
import { Reports } from './reports.mjs';

const C_LOOP = 'C loop';
const NODE_LOOP = 'bare Node';
export const HEALER = 'healer';
export const FLOORS = [C_LOOP, NODE_LOOP];

export const NO_COMPILER = 'C loop: gcc is not installed';

const SUPERVISE = fileURLToPath(import.meta.resolve('../programs/supervise.mjs'));

/**
* @typedef {object} Launched  programs that a contender manages
* @property {string[]} names  the names that the programs report
 * @property {Reports} reports
 * @property {bigint} beganNs  just before the contender's command was started
* @property {import('./reports.mjs').Report[]} started  in the order of `names`
Record<string, number>} managers  pids of the contender itself, by row of the result => * @property {() => Record<string, number>} managers  maps rows of the result to pids of the contender itself => Record<string, number>} managers  pids of the contender itself, by row of the result
 * @property {Healer | null} healer
Record<string, number>} managers  pids of the contender itself, by row of the result => * @property {() => Record<string, number>} managers  maps rows of the result to pids of the contender itself => Promise<void>} stop
 *
 * @typedef {{ name: string, launch: (count: number) => Promise<Launched> }} Contender
 */

/** Returns the managers to compare, the lower bounds first. @param {import('./workshop.mjs').Workshop} workshop @returns {Contender[]} */
export function createContenders(workshop) {
  const program = workshop.hasCompiler ? workshop.compiled('idle-program') : workshop.source('idle-program.sh');
  const floor = (name, command) => ({ name, launch: (count) => launchFloor(workshop, name, command, count) });
  return [
    ...(workshop.hasCompiler ? [floor(C_LOOP, [workshop.compiled('supervise'), program])] : []),
    floor(NODE_LOOP, [process.execPath, SUPERVISE, program]),
    { name: HEALER, launch: (count) => launchHealer(workshop, program, count) },
  ];
}

/** @returns {Promise<Launched>} */
async function launchFloor(workshop, name, [file, ...args], count) {
  const { names, reports, arrived } = prepare(workshop, workshop.newFolder(), count);
  const beganNs = process.hrtime.bigint();
  const child = spawn(file, [...args, reports.path, String(count)], { stdio: 'ignore', detached: true });
  // Its programs stay in its process group.
  const stop = workshop.cleanup.defer(async () => {
    reports.close();
    killQuietly(-child.pid);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return {
    names,
    reports,
    beganNs,
    started: await arrived,
    managers: () => ({ [name]: child.pid }),
    healer: null,
    stop,
  };
}

/** @returns {Promise<Launched>} */
async function launchHealer(workshop, program, count) {
  const folder = workshop.newFolder();
  const { names, reports, arrived } = prepare(workshop, folder, count);
  const list = join(folder, 'process_list.txt');
  writeFileSync(list, names.map((name) => listLine(name, [program, reports.path, name])).join(''));
  const healer = new Healer(folder);
  const stop = workshop.cleanup.defer(async () => {
    await healer.down([...reports.latest.values()].map(({ pid }) => pid));
    reports.close();
  });
  const beganNs = process.hrtime.bigint();
  const command = healer.beginUp(list);
  const [started] = await Promise.all([arrived, waitForSuccess(command, 'healer up')]);
  const managers = () => {
    const { enginePid, collectorPid } = healer;
    return { 'healer, engine': enginePid, ...(collectorPid === null ? {} : { 'healer, collector': collectorPid }) };
  };
  return { names, reports, beganNs, started, managers, healer, stop };
}

function prepare(workshop, folder, count) {
  const names = Array.from({ length: count }, (_, number) => `p${number}`);
  const reports = new Reports(join(folder, 'reports'));
  return { names, reports, arrived: reports.next(names) };
}
