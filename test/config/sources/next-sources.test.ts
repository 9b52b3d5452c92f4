import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseUnusable } from '../../../src/config/sources/next-sources.ts';
import { ParsedSources } from '../../../src/config/sources/parsed-sources.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-next-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, programs: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ processes: programs }));
  return file;
}

function examine(...files: readonly string[]): Promise<void> {
  const registryFile = join(folder, 'registry.json');
  const options = { check: 'named', env: {}, registryFile, parsed: new ParsedSources() } as const;
  return refuseUnusable([files], files, options);
}

const sleep = (more: object = {}): object => ({ command: 'sleep', args: ['100'], ...more });

test.each<[string, object, string]>([
  ['an invalid schedule', { a: sleep({ schedule: '61 * * * *' }) }, '"a" has an invalid schedule "61 * * * *"'],
  ['an unknown dependency', { a: sleep({ dependsOn: ['nope'] }) }, '"a" depends on "nope", which is not defined'],
  [
    'a circular dependency',
    { a: sleep({ dependsOn: ['b'] }), b: sleep({ dependsOn: ['a'] }) },
    'circular dependency: a → b → a',
  ],
  ['a dependency on itself', { a: sleep({ dependsOn: ['a'] }) }, 'circular dependency: a → a'],
  [
    'a dependency on a program that cannot run',
    { a: sleep({ dependsOn: ['b'] }), b: sleep({ dependsOn: ['nope'] }) },
    '"b" depends on "nope", which is not defined',
  ],
])('a file in which every program has %s starts no engine', async (_what, programs, reason) => {
  const file = write('healer.yaml', programs);
  await expect(examine(file)).rejects.toThrow('nothing was started: ');
  await expect(examine(file)).rejects.toThrow(reason);
  await expect(examine(file)).rejects.toThrow(`${file}:1:`);
});

test('a file in which one program can run is used', async () => {
  await examine(write('healer.yaml', { a: sleep({ dependsOn: ['nope'] }), b: sleep() }));
  await examine(write('healer.yaml', { a: sleep({ dependsOn: ['b'] }), b: sleep({ instances: 2 }) }));
});

test('dependencies on programs of other files and of the registry are known', async () => {
  const dependent = write('one.yaml', { a: sleep({ dependsOn: ['db'] }) });
  await expect(examine(dependent)).rejects.toThrow('not defined');
  await examine(dependent, write('two.yaml', { db: sleep() }));
  writeFileSync(
    join(folder, 'registry.json'),
    JSON.stringify({ version: 1, programs: { db: sleep() }, overrides: {}, settings: {} }),
    {
      mode: 0o600,
    },
  );
  await examine(dependent);
});
