/**
 * Takes the screenshots of the documentation: runs an engine with healthy and faulty programs, opens its terminal UI on a
 * pty, and saves the emulated screens as SVG.
 *
 *   node scripts/screenshots/take.mjs [--only processes,edit] [--png FOLDER] [--seconds 90]
 */
import { Resvg } from '@resvg/resvg-js';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EmulatedTerminal } from './emulated-terminal.mjs';
import { SCENES } from './scenes.mjs';
import { svgOf } from './svg.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist/cli.js');
const FOLDER = join(ROOT, 'docs/screens');
/** The UI draws its response to a key within this time. */
const SETTLE_MS = 400;
const TRENDS_MS = 40_000;

const PROGRAMS = `
web-frontend    80  120  -- node demo-service.mjs
queue-worker    50  150  -- node worker.mjs
thumbnails      150 200  -- node spiky.mjs
session-cache   60   90  -- node leaker.mjs
renderer        -   300  -- node family.mjs 6
importer        -   100  -- sh -c "echo connecting to db:5432; sleep 0.4; echo 'fatal: connection refused' >&2; exit 3"
metrics         20   50  -- sh -c "while :; do echo pushed $RANDOM samples; sleep 1; done"
backup          -    -   -- sleep 86400
`;

const { values } = parseArgs({
  options: { only: { type: 'string' }, png: { type: 'string' }, seconds: { type: 'string', default: '75' } },
});
const wanted = values.only?.split(',') ?? SCENES.map(({ name }) => name);
const home = mkdtempSync(join(tmpdir(), 'healer-screens-'));
const { PATH = '', HOME = '' } = process.env;
const environment = { PATH, HOME, LANG: 'C.UTF-8', TERM: 'xterm-256color', HEALER_HOME: home };

try {
  const list = join(home, 'process_list.txt');
  writeFileSync(list, PROGRAMS);
  mkdirSync(FOLDER, { recursive: true });
  if (values.png !== undefined) mkdirSync(values.png, { recursive: true });
  cpSync(join(ROOT, 'examples'), home, { recursive: true });
  cpSync(join(import.meta.dirname, 'demo-service.mjs'), join(home, 'demo-service.mjs'));
  healer('up', '-f', list);
  healer('pause', 'backup');
  // Charts and timelines need data.
  await pause(Number(values.seconds) * 1000);
  for (const scene of SCENES.filter(({ name }) => wanted.includes(name))) await take(scene);
} finally {
  healer('down', '--timeout', '2s');
  rmSync(home, { recursive: true, force: true });
}

async function take({ name, columns, rows, scheme, keys, shows }) {
  // What the UI saved for the next one, such as a filter, does not belong into this picture.
  rmSync(join(home, 'config', 'tui.yaml'), { force: true });
  const env = { ...environment, COLORFGBG: scheme === 'dark' ? '15;0' : '0;15' };
  const terminal = new EmulatedTerminal([process.execPath, CLI, 'tui'], { columns, rows, env, cwd: home });
  try {
    await terminal.shows(/\d running[^]*q quit/);
    // The UI itself collects the samples for the trends of the table.
    if (name === 'processes') await pause(TRENDS_MS);
    for (const step of keys) {
      if (step instanceof RegExp) await terminal.shows(step);
      else terminal.type(step);
      await pause(SETTLE_MS);
    }
    await terminal.shows(shows);
    await pause(SETTLE_MS);
    const svg = svgOf(terminal, scheme);
    writeFileSync(join(FOLDER, `${name}.svg`), svg);
    if (values.png !== undefined) writeFileSync(join(values.png, `${name}.png`), new Resvg(svg).render().asPng());
  } finally {
    terminal.close();
  }
}

function healer(...words) {
  execFileSync(process.execPath, [CLI, ...words], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
