import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const TIMEOUT_MS = 240_000;
let folder: string;

/** A program in a folder of its own, with the package installed as from a tarball: its declarations, and what they import. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-types-'));
  const installed = join(folder, 'node_modules/healer');
  mkdirSync(installed, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  execFileSync(process.execPath, [
    TSC,
    '-p',
    join(ROOT, 'tsconfig.build.json'),
    '--outDir',
    join(installed, 'dist/types'),
  ]);
  for (const name of ['zod', 'yaml']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  const consumer = join(ROOT, 'test/fixtures/library/consumer.ts.txt');
  for (const name of ['esm.mts', 'cjs.cts']) cpSync(consumer, join(folder, name));
  writeFileSync(join(folder, 'detectors.mts'), `import { DETECTORS } from 'healer/detectors';\nvoid DETECTORS;\n`);
}, TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns what the compiler reports about the program, in its strictest settings. */
function problemsWith(options: Readonly<Record<string, unknown>>, files: readonly string[]): string {
  const strict = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  };
  const compilerOptions = { ...strict, noEmit: true, target: 'es2022', types: [], ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  try {
    execFileSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' });
    return '';
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

describe('the types of the package', { timeout: TIMEOUT_MS }, () => {
  const all = ['esm.mts', 'cjs.cts', 'detectors.mts'];

  test('hold in ESM and CommonJS without the types of Node', () => {
    expect(problemsWith({ module: 'nodenext', lib: ['es2023', 'dom'] }, all)).toBe('');
  });

  test('hold in ESM and CommonJS with the types of Node, and with a bundler', () => {
    mkdirSync(join(folder, 'node_modules/@types'));
    for (const name of ['@types/node', 'undici-types']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    }
    expect(problemsWith({ module: 'nodenext', types: ['node'] }, all)).toBe('');
    const bundled = { module: 'preserve', moduleResolution: 'bundler', types: ['node'] };
    expect(problemsWith(bundled, ['esm.mts', 'detectors.mts'])).toBe('');
  });
});
