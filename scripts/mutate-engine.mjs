/**
 * Checks that the fault tests detect faults of the engine: `npm run test:faults:mutations [-- NAME…]`. Each mutation is
 * applied to a copy of the repository, which is built and driven until a check fails. Takes up to ten minutes for each.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MUTATIONS } from './mutations/mutations.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COPIED = [
  'src',
  'test',
  'scripts',
  'schema',
  'examples',
  'docs/openapi.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'vitest.config.ts',
  'process_list.txt',
];
const SHOWN_CHARS = 160;

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const chosen = positionals.length === 0 ? MUTATIONS : MUTATIONS.filter(({ name }) => positionals.includes(name));

let undetected = 0;
for (const mutation of chosen) {
  const { isDetected, seconds, violation } = drive(mutation);
  if (!isDetected) undetected += 1;
  console.log(
    `${isDetected ? 'detected' : 'NOT DETECTED'} after ${seconds} s, seed ${mutation.seed ?? values.seed}: ${mutation.name}: ${violation}`,
  );
}
console.log(`${chosen.length - undetected} passed, ${undetected} failed`);
process.exitCode = undetected === 0 ? 0 : 1;

function drive(mutation) {
  const folder = mkdtempSync(join(tmpdir(), 'healer-mutation-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const edit of mutation.edits) mutate(folder, edit);
    run(folder, ['node', 'scripts/build.mjs']);
    const began = Date.now();
    const seed = String(mutation.seed ?? values.seed);
    const { status, output } = run(
      folder,
      ['node', 'scripts/test-faults.mjs', '--minutes', values.minutes, '--seed', seed],
      true,
    );
    const violation = /seed \d+, round \d+:\n(.*)/.exec(output)?.[1] ?? output.slice(-SHOWN_CHARS);
    return {
      isDetected: status !== 0,
      seconds: Math.round((Date.now() - began) / 1000),
      violation: violation.slice(0, SHOWN_CHARS),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws Error if the code has changed, so that the mutation no longer fits */
function mutate(folder, { file, from, to }) {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`"${from}" does not occur exactly once in ${file}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}

function run(folder, [file, ...args], mayFail = false) {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0 && !mayFail) throw new Error(`${file} ${args.join(' ')} failed: ${stdout}${stderr}`);
  return { status, output: `${stdout}${stderr}` };
}
