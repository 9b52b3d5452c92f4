import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Healer, listLine, waitForSuccess } from './healer.mjs';
import { killQuietly } from './processes.mjs';
import { createPeers } from './peers.mjs';
import { prepare } from './prepare.mjs';

const C_LOOP = 'C loop';
const NODE_LOOP = 'bare Node';
export const HEALER = 'healer';
export const FLOORS = [C_LOOP, NODE_LOOP];

const NO_COMPILER = 'C loop: gcc is not installed';

const SUPERVISE = fileURLToPath(import.meta.resolve('../programs/supervise.mjs'));

/**
 * @typedef {object} Launched  programs that a contender manages
 * @property {string[]} names  the names that the programs report
 * @property {import('./reports.mjs').Reports} reports
 * @property {bigint} beganNs  just before the contender's command was started
 * @property {import('./reports.mjs').Report[]} started  in the order of `names`
 * @property {() => Record<string, number[]>} managers  maps rows of the result to pids of the contender itself
 * @property {Healer | null} healer
 * @property {() => Promise<void>} stop
 *
 * @typedef {{ name: string, launch: (count: number) => Promise<Launched> }} Contender
 */

/**
 * Returns the managers to compare, the lower bounds first, and a reason for each one that cannot run here.
 * @param {import('./workshop.mjs').Workshop} workshop
 * @param {{ withPeers?: boolean }} [options]  whether other process managers that are installed take part
 * @returns {{ contenders: Contender[], skipped: string[] }}
 */
export function createContenders(workshop, { withPeers = false } = {}) {
  const { hasCompiler } = workshop;
  const program = hasCompiler ? workshop.compiled('idle-program') : workshop.source('idle-program.sh');
  const floor = (name, command) => ({ name, launch: (count) => launchFloor(workshop, name, command, count) });
  const peers = withPeers ? createPeers(workshop, program) : { contenders: [], skipped: [] };
  return {
    contenders: [
      ...(hasCompiler ? [floor(C_LOOP, [workshop.compiled('supervise'), program])] : []),
      floor(NODE_LOOP, [process.execPath, SUPERVISE, program]),
      { name: HEALER, launch: (count) => launchHealer(workshop, program, count) },
      ...peers.contenders,
    ],
    skipped: [...(hasCompiler ? [] : [NO_COMPILER]), ...peers.skipped],
  };
}

/** @returns {Promise<Launched>} */
async function launchFloor(workshop, name, [file, ...args], count) {
  const { names, reports, arrived } = prepare(workshop.newFolder(), count);
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
    managers: () => ({ [name]: [child.pid] }),
    healer: null,
    stop,
  };
}

/** @returns {Promise<Launched>} */
async function launchHealer(workshop, program, count) {
  const folder = workshop.newFolder();
  const { names, reports, arrived } = prepare(folder, count);
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
    return { 'healer, engine': [enginePid], ...(collectorPid === null ? {} : { 'healer, collector': [collectorPid] }) };
  };
  return { names, reports, beganNs, started, managers, healer, stop };
}
