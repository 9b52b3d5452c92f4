/**
 * Keeps the compiled form of the engine's code beside it, for the Node that runs the build. A release contains none, because it is
 * valid for one version of Node only; an engine then keeps it in the state folder of its user.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Those of an engine: a compiled form is valid for equal options only. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--v8-pool-size=1', '--min-semi-space-size=2'];

/** @param {string} dist */
export function compileStartCode(dist) {
  const code = join(dist, 'engine-main.js');
  const changedMs = statSync(code, { throwIfNoEntry: false })?.mtimeMs;
  if (changedMs === undefined || hasCurrent(dist, changedMs)) return;
  const module = pathToFileURL(join(dist, 'start-code.js')).href;
  const script = `import{keepBesideCode}from${JSON.stringify(module)};keepBesideCode(${JSON.stringify(code)});`;
  const args = [...NODE_OPTIONS, '--input-type=module', '-e', script];
  spawnSync(process.execPath, args, { stdio: 'ignore', timeout: 60_000 });
}

/** Removes the compiled forms of earlier builds. Returns whether there is one of this build. */
function hasCurrent(dist, changedMs) {
  const files = readdirSync(dist).filter((name) => /^engine-main\.js\.[0-9a-f]+\.bin$/.test(name));
  const old = files.filter((name) => (statSync(join(dist, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) < changedMs);
  for (const name of old) rmSync(join(dist, name), { force: true });
  return files.length > old.length;
}
