import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packRelease, type PackedRelease } from '../support/packed-release.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const TIMEOUT_MS = 240_000;
const PACK_MS = 600_000;
let release: PackedRelease;

/** A program in a folder of its own, with nothing but the package installed. */
beforeAll(async () => {
  release = await packRelease();
  const { project } = release;
  const consumer = join(ROOT, 'test/fixtures/library/consumer.ts.txt');
  for (const name of ['esm.mts', 'cjs.cts']) cpSync(consumer, join(project, name));
  const fleet = join(ROOT, 'test/fixtures/library/fleet-consumer.ts.txt');
  for (const name of ['fleet.mts', 'fleet.cts']) cpSync(fleet, join(project, name));
  for (const name of ['detectors.mts', 'detectors.cts']) {
    writeFileSync(join(project, name), `import { DETECTORS } from 'healer/detectors';\nvoid DETECTORS;\n`);
  }
}, PACK_MS);

afterAll(() => release.remove());

/** Returns what the compiler reports about the program, in its strictest settings. */
function problemsWith(options: Readonly<Record<string, unknown>>, files: readonly string[]): string {
  const strict = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  };
  const compilerOptions = { ...strict, noEmit: true, target: 'es2022', types: [], ...options };
  writeFileSync(join(release.project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  try {
    execFileSync(process.execPath, [TSC, '-p', release.project], { encoding: 'utf8' });
    return '';
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

describe('the types of the package', { timeout: TIMEOUT_MS }, () => {
  const all = ['esm.mts', 'cjs.cts', 'fleet.mts', 'fleet.cts', 'detectors.mts', 'detectors.cts'];

  test('import nothing but each other', () => {
    for (const name of readdirSync(join(release.folder, 'dist')).filter((each) => each.endsWith('.d.cts'))) {
      const text = readFileSync(join(release.folder, 'dist', name), 'utf8');
      expect(text.match(/^(?:import|export).* from (?!'\.\/types-).*/gm)).toBeNull();
    }
  });

  test.each(['nodenext', 'node16'])('hold in ESM and CommonJS without the types of Node (%s)', (module) => {
    expect(problemsWith({ module, lib: ['es2023', 'dom'] }, all)).toBe('');
  });

  test('hold in ESM and CommonJS with the types of Node, and with a bundler', () => {
    mkdirSync(join(release.project, 'node_modules/@types'));
    for (const name of ['@types/node', 'undici-types']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(release.project, 'node_modules', name));
    }
    expect(problemsWith({ module: 'nodenext', types: ['node'] }, all)).toBe('');
    const bundled = { module: 'preserve', moduleResolution: 'bundler', types: ['node'] };
    expect(problemsWith(bundled, ['esm.mts', 'fleet.mts', 'detectors.mts'])).toBe('');
  });
});
