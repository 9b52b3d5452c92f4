/**
 * Searches for input that breaks a reader, guided by coverage: `npm run fuzz -- --minutes 10 [--target yaml] [--seed 1]`.
 * Without a target, all of them share the time. The target `live` sends random bytes to a running engine.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { fuzzReader } from './fuzz-reader.mjs';

const LIVE = 'live';
const CACHE = 'node_modules/.cache/fuzz';
const BUNDLE = `${CACHE}/targets.cjs`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    target: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0) || !Number.isInteger(Number(values.seed))) fail('--minutes and --seed have to be positive numbers');

const loaded = await loadTargets();
const all = [...Object.keys(loaded.TARGETS), LIVE];
if (values.target !== undefined && !all.includes(values.target)) {
  fail(`unknown target "${values.target}"; available: ${all.join(', ')}`);
}
const chosen = values.target === undefined ? all : [values.target];
const failed = [];
for (const name of chosen) if (!(await fuzz(name))) failed.push(name);
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function fail(problem) {
  console.error(`${problem}, for example: npm run fuzz -- --minutes 5 --target yaml`);
  process.exit(2);
}

/** Bundles the readers with their packages into one file, whose coverage is measured. */
async function loadTargets() {
  mkdirSync(CACHE, { recursive: true });
  await build({
    stdin: {
      contents:
        "export { TARGETS } from './test/fuzz/targets.ts'; export { corpusOf, Mutator } from './test/fuzz/corpus.ts';",
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile: BUNDLE,
    external: ['koffi', 're2js'],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: `const importMetaUrl = ${JSON.stringify(new URL('../test/fuzz/corpus.ts', import.meta.url).href)};` },
    logLevel: 'error',
  });
  return import(new URL(`../${BUNDLE}`, import.meta.url).href);
}

async function fuzz(name) {
  const share = minutes / chosen.length;
  if (name !== LIVE) {
    return fuzzReader(name, { ...loaded, bundle: BUNDLE, seed: Number(values.seed), durationMs: share * 60_000 });
  }
  const env = { ...process.env, FUZZ_MINUTES: String(share), FUZZ_SEED: values.seed };
  const args = ['vitest', 'run', '--config', 'test/fuzz/vitest.config.ts'];
  return spawnSync('npx', args, { stdio: 'inherit', env }).status === 0;
}
