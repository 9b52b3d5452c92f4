import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);
let root: string;

/** A small project with the structure of this one: a command that loads a second part on demand. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'healer-build-'));
  await cp(join(REPOSITORY, 'scripts'), join(root, 'scripts'), { recursive: true });
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await mkdir(join(root, 'src'));
  await cp(join(REPOSITORY, 'src/base'), join(root, 'src/base'), { recursive: true });
  await writeSource('cli/main.ts', "export const finished = import('./part.ts').then(({ part }) => part());");
  await writePart('one');
});
afterEach(() => rm(root, { recursive: true }));

async function writeSource(path: string, text: string): Promise<void> {
  await mkdir(join(root, 'src', path, '..'), { recursive: true });
  await writeFile(join(root, 'src', path), text);
}

function writePart(text: string): Promise<void> {
  return writeSource('cli/part.ts', `export function part(): void { process.stdout.write('${text}'); }`);
}

function build(): Promise<{ stdout: string; stderr: string }> {
  return execute(process.execPath, [join(root, 'scripts/build.mjs')]);
}

async function runCli(): Promise<string> {
  return (await execute(join(root, 'dist/cli.js'))).stdout;
}

/** Sets the time of all built files to the past. */
async function age(): Promise<void> {
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const name of await readdir(join(root, 'dist'))) await utimes(join(root, 'dist', name), longAgo, longAgo);
}

async function chunks(): Promise<string[]> {
  return (await readdir(join(root, 'dist'))).filter((name) => /^part-.*\.js$/.test(name));
}

describe('the build', () => {
  test('creates an executable command, and prints nothing', async () => {
    expect(await build()).toEqual({ stdout: '', stderr: '' });
    expect(await runCli()).toBe('one');
  });

  test('omits missing entry points', async () => {
    await build();
    const names = await readdir(join(root, 'dist'));
    expect(names.filter((name) => /^(engine|collector|client)\./.test(name))).toEqual([]);
  });

  test('leaves unchanged files untouched', async () => {
    await build();
    const before = await stat(join(root, 'dist/cli.js'));
    await build();
    expect((await stat(join(root, 'dist/cli.js'))).ino).toBe(before.ino);
  });

  test('keeps chunks of the previous build, and no older ones', async () => {
    for (const [text, kept] of [
      ['one', 1],
      ['two', 2],
      ['three', 2],
      ['three', 2],
    ] as const) {
      await writePart(text);
      await build();
      expect(await runCli()).toBe(text);
      expect(await chunks()).toHaveLength(kept);
      await age();
    }
  });

  test('keeps recent files, because a concurrent build may have written them', async () => {
    await build();
    await writeFile(join(root, 'dist/part-OTHER.js'), '');
    await build();
    expect(await chunks()).toContain('part-OTHER.js');
    await age();
    await build();
    expect(await chunks()).not.toContain('part-OTHER.js');
  });

  test('can run several times at once, and while the command runs', async () => {
    await build();
    await writePart('two');
    const builds = Promise.all([build(), build(), build()]);
    for (let count = 0; count < 10; count++) expect(await runCli()).toMatch(/^(one|two)$/);
    await builds;
    expect(await runCli()).toBe('two');
    const leftovers = (await readdir(join(root, 'dist'))).filter((name) => name.endsWith('.tmp'));
    expect(leftovers).toEqual([]);
  });

  test('reports errors in the source, and keeps the last successful build', async () => {
    await build();
    await writeSource('cli/part.ts', 'export const part = ;');
    await expect(build()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('src/cli/part.ts:1:20') });
    expect(await runCli()).toBe('one');
  });
});
