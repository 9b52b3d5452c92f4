import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resolveSourceFiles } from '../../../src/cli/definitions/source-files.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'healer-sources-')));
  mkdirSync(join(folder, 'here'));
  vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'here'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

async function found(files: readonly string[], given?: readonly string[]): Promise<string[]> {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  const paths = await resolveSourceFiles(given, join(folder, 'config'));
  return paths.map((path) => path.slice(folder.length + 1));
}

describe('the files that an engine starts with', () => {
  test.each<[what: string, files: string[], result: string[]]>([
    ['none', [], []],
    ['other names', ['here/other.txt'], []],
    ['a process list', ['here/process_list.txt'], ['here/process_list.txt']],
    ['a healer.yaml', ['here/healer.yaml'], ['here/healer.yaml']],
    ['a healer.yml', ['here/healer.yml'], ['here/healer.yml']],
    ['healer.yaml before healer.yml', ['here/healer.yml', 'here/healer.yaml'], ['here/healer.yaml']],
    ['both kinds', ['here/healer.yaml', 'here/process_list.txt'], ['here/process_list.txt', 'here/healer.yaml']],
    ['the config folder', ['config/healer.yaml'], ['config/healer.yaml']],
    ['the current folder first', ['config/healer.yaml', 'here/process_list.txt'], ['here/process_list.txt']],
  ])('%s', async (_what, files, result) => {
    expect(await found(files)).toEqual(result);
  });

  test('are those given on the command line, in their order', async () => {
    const given = [join(folder, 'b.txt'), join(folder, 'a.yaml')];
    expect(await found(['a.yaml', 'b.txt', 'here/healer.yaml'], given)).toEqual(['b.txt', 'a.yaml']);
  });

  test('are found if none is given', async () => {
    expect(await found(['here/healer.yaml'], [])).toEqual(['here/healer.yaml']);
  });

  test('must be readable if given', async () => {
    const missing = join(folder, 'missing.txt');
    await expect(resolveSourceFiles([missing], folder)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: `cannot read "${missing}" — check the path`,
    });
  });
});
