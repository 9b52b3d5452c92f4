import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killQuietly } from './processes.mjs';
import { prepare } from './prepare.mjs';
import { waitUntil } from './wait-until.mjs';

/**
 * @typedef {{ names: string[], commandOf: (name: string) => string[], folder: string }} Programs
 *
 * @typedef {object} Peer  another process manager
 * @property {string} name
 * @property {string} executable  the command that has to be installed
 * @property {(programs: Programs) => string[]} configure  writes its configuration, and returns the command that starts it
 * @property {(folder: string) => Record<string, string>} [environment]
 */

/** @type {readonly Peer[]} */
const PEERS = [
  { name: 'runit', executable: 'runsvdir', configure: (programs) => ['runsvdir', '-P', writeRunScripts(programs)] },
  {
    name: 's6',
    executable: 's6-svscan',
    configure: (programs) => ['s6-svscan', '-c', String(programs.names.length + 10), writeRunScripts(programs)],
  },
  { name: 'supervisord', executable: 'supervisord', configure: writeSupervisord },
  { name: 'monit', executable: 'monit', configure: writeMonitrc },
  {
    name: 'PM2',
    executable: 'pm2',
    configure: writeEcosystem,
    environment: (folder) => ({ PM2_HOME: join(folder, 'pm2'), PM2_DISABLE_VERSION_CHECK: 'true' }),
  },
];

/**
 * Returns the peers that are installed as contenders, and a reason for each one that is not.
 * @param {import('./workshop.mjs').Workshop} workshop
 * @param {string} program  the path of the idle program
 */
export function createPeers(workshop, program) {
  const installed = PEERS.filter(({ executable }) => isInstalled(executable));
  return {
    contenders: installed.map((peer) => ({
      name: peer.name,
      launch: (count) => launchPeer(workshop, peer, program, count),
    })),
    skipped: PEERS.filter((peer) => !installed.includes(peer)).map(
      ({ name, executable }) => `${name}: ${executable} is not installed`,
    ),
  };
}

function isInstalled(executable) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', executable], { stdio: 'ignore' }).status === 0;
}

/** @returns {Promise<import('./contenders.mjs').Launched>} */
async function launchPeer(workshop, { name, configure, environment = () => ({}) }, program, count) {
  const folder = workshop.newFolder();
  const { names, reports, arrived } = prepare(folder, count);
  const [file, ...args] = configure({ names, folder, commandOf: (id) => [program, reports.path, id] });
  const beganNs = process.hrtime.bigint();
  const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', ...environment(folder) };
  const child = spawn(file, args, { stdio: 'ignore', detached: true, cwd: folder, env });
  child.once('error', () => undefined);
  const stop = workshop.cleanup.defer(async () => {
    await endAll(folder, child.pid);
    reports.close();
  });
  const managers = () => ({ [name]: managersIn(folder, program) });
  return { names, reports, beganNs, started: await arrived, managers, healer: null, stop };
}

/** Kills the manager before its programs, which it would start again. */
async function endAll(folder, first) {
  killQuietly(first);
  await waitUntil(() => {
    const found = processesIn(folder);
    for (const { pid } of found) killQuietly(pid);
    return found.length === 0;
  }, 'a peer and its programs to exit');
}

function managersIn(folder, program) {
  return processesIn(folder)
    .filter(({ commandLine }) => !commandLine.startsWith(`${program}\0`))
    .map(({ pid }) => pid);
}

/** Returns the processes whose command line or environment names a folder. */
function processesIn(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid: Number(pid), commandLine: readProc(pid, 'cmdline'), variables: readProc(pid, 'environ') }))
    .filter(({ commandLine, variables }) => `${commandLine}${variables}`.includes(folder));
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** @param {Programs} programs @returns the folder of the services */
function writeRunScripts({ names, commandOf, folder }) {
  const services = join(folder, 'services');
  for (const name of names) {
    const script = join(services, name, 'run');
    mkdirSync(join(services, name), { recursive: true });
    writeFileSync(script, `#!/bin/sh\nexec ${commandOf(name).join(' ')}\n`);
    chmodSync(script, 0o755);
  }
  return services;
}

/** @param {Programs} programs */
function writeSupervisord({ names, commandOf, folder }) {
  const path = join(folder, 'supervisord.conf');
  const own = ['nodaemon=true', `logfile=${folder}/own.log`, `pidfile=${folder}/pid`, 'minfds=15000'];
  const sections = names.map((name) =>
    [`[program:${name}]`, `command=${commandOf(name).join(' ')}`, 'autorestart=true', 'startretries=1000'].join('\n'),
  );
  writeFileSync(path, `${['[supervisord]', ...own, ...sections].join('\n')}\n`);
  return ['supervisord', '-c', path];
}

/** monit starts daemons, which it finds by their pid files. @param {Programs} programs */
function writeMonitrc({ names, commandOf, folder }) {
  const path = join(folder, 'monitrc');
  const own = ['set daemon 1', `set pidfile ${folder}/pid`, `set idfile ${folder}/id`, `set statefile ${folder}/state`];
  const checks = names.map((name) => {
    const pidFile = join(folder, `${name}.pid`);
    const script = join(folder, `${name}.sh`);
    writeFileSync(script, `#!/bin/sh\n${commandOf(name).join(' ')} &\necho $! > ${pidFile}\n`, { mode: 0o755 });
    return `check process ${name} with pidfile ${pidFile}\n  start program = "${script}"\n  stop program = "/bin/true"`;
  });
  writeFileSync(path, `${[...own, ...checks].join('\n')}\n`, { mode: 0o600 });
  return ['monit', '-I', '-c', path];
}

/** @param {Programs} programs */
function writeEcosystem({ names, commandOf, folder }) {
  const path = join(folder, 'ecosystem.config.json');
  const apps = names.map((name) => {
    const [script, ...args] = commandOf(name);
    return { name, script, args, interpreter: 'none', exec_mode: 'fork', max_restarts: 1_000_000, vizion: false };
  });
  writeFileSync(path, JSON.stringify({ apps }));
  return ['pm2', 'start', path];
}
