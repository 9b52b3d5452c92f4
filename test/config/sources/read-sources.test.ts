import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/config/reading/config-problem.ts';
import { combineSources } from '../../../src/config/sources/combine-sources.ts';
import { readSources } from '../../../src/config/sources/read-sources.ts';
import { withoutPrivileges } from '../../support/without-privileges.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'healer-sources-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function readAndCombine(...files: string[]) {
  return combineSources(await readSources({ files, registryFile: join(folder, 'registry.json') }, {}));
}

async function problemsOf(listFile: string): Promise<string[]> {
  const { specs, problems, isComplete } = await readAndCombine(listFile);
  expect(specs).toEqual([]);
  expect(isComplete).toBe(false);
  return problems.map(formatProblem);
}

describe('reading and combining sources', () => {
  test('returns the programs of a list with their origins', async () => {
    const listFile = join(folder, 'list.txt');
    await writeFile(listFile, 'web 50 500 -- node server.mjs\nbad\nworker 1 1');
    const { specs, problems, isComplete } = await readAndCombine(listFile);
    expect(specs.map(({ spec, origin }) => [spec.id, spec.cwd, origin])).toEqual([
      ['web', folder, `${listFile}:1`],
      ['worker', folder, `${listFile}:3`],
    ]);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([[2, 4]]);
    expect(isComplete).toBe(false);
  });

  test('returns neither programs nor problems without files', async () => {
    expect(await readAndCombine()).toMatchObject({ specs: [], problems: [], isComplete: true });
  });

  test('reports a missing file', async () => {
    const file = join(folder, 'missing.txt');
    expect(await problemsOf(file)).toEqual([
      `${file}: cannot read "${file}" (file not found; check the path or create the file)`,
    ]);
  });

  test('reports a folder', async () => {
    expect(await problemsOf(folder)).toEqual([
      `${folder}: cannot read "${folder}" (this is a folder; name a file in it)`,
    ]);
  });

  test('does not read a device', async () => {
    expect(await problemsOf('/dev/zero')).toEqual(['/dev/zero: cannot read "/dev/zero" (it is not a regular file)']);
  });

  test('reports a file without read permission', async () => {
    const file = join(folder, 'secret.txt');
    await writeFile(file, 'web 1 1');
    await chmod(folder, 0o755);
    await chmod(file, 0o000);
    expect(await withoutPrivileges(() => problemsOf(file))).toEqual([
      `${file}: cannot read "${file}" (permission denied; check the permissions of the file and its folders)`,
    ]);
  });

  test('detects formats by extension or content, and lets healer.yaml override lists', async () => {
    const names = ['a.yaml', 'b.yml', 'c.json', 'plain-list', 'plain-yaml', 'd.txt'];
    const contents = [
      'processes: { a: { command: x } }',
      '# c\nprocesses:\n  b: { command: x }',
      '{"processes": {"c": {"command": "x"}}}',
      '# list\nlist 1 2',
      '---\nprocesses: { list: { limits: { memoryMb: 7 } } }',
      'd 1 1',
    ];
    await Promise.all(names.map((name, index) => writeFile(join(folder, name), contents[index] ?? '')));
    const { specs, problems } = await readAndCombine(...names.reverse().map((name) => join(folder, name)));
    expect(problems).toEqual([]);
    expect(specs.map(({ spec }) => spec.id).sort()).toEqual(['a', 'b', 'c', 'd', 'list']);
    const list = specs.find(({ spec }) => spec.id === 'list');
    expect(list?.spec.limits).toEqual({ cpuPercent: 1, memoryMb: 7 });
    expect(list?.origin).toBe(`${join(folder, 'plain-list')}:2, ${join(folder, 'plain-yaml')}:2`);
  });
});
