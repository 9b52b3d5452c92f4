import { appendFile, mkdir, mkdtemp, open, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pollSource } from '../../../src/config/sources/poll-source.ts';
import { waitFor } from '../../support/wait-for.ts';

let folder: string;
let changes: number;
let poll: { close: () => void } | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'healer-watch-'));
  changes = 0;
});
afterEach(async () => {
  poll?.close();
  await rm(folder, { recursive: true });
});

function start(file: string): void {
  poll = pollSource(file, () => (changes += 1));
}

/** Expects exactly one more callback. */
async function expectOneMore(before: number, what: string): Promise<void> {
  await waitFor(() => changes > before, what);
  expect(changes).toBe(before + 1);
}

describe('a polled file', () => {
  test('reports a write', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, 'a');
    start(file);
    await writeFile(file, 'b');
    await expectOneMore(0, 'the write');
  });

  test('reports several writes in a row once', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, '');
    start(file);
    for (let count = 0; count < 20; count++) await appendFile(file, 'line\n');
    await expectOneMore(0, 'the writes');
  });

  test('reports each replacement by another file', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, 'a');
    start(file);
    for (let count = 0; count < 3; count++) {
      await writeFile(`${file}.new`, `version ${count}`);
      await rename(`${file}.new`, file);
      await expectOneMore(count, `replacement ${count}`);
    }
  });

  test('reports its removal and its return', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, 'a');
    start(file);
    await unlink(file);
    await expectOneMore(0, 'the removal');
    await writeFile(file, 'a');
    await expectOneMore(1, 'the return');
  });

  test('reports its creation together with its folder', async () => {
    const file = join(folder, 'later', 'list.txt');
    start(file);
    await mkdir(join(folder, 'later'));
    await writeFile(file, 'a');
    await expectOneMore(0, 'the file');
  });

  test('reports a change behind a symbolic link', async () => {
    const target = join(folder, 'elsewhere');
    await mkdir(target);
    await writeFile(join(target, 'list.txt'), 'a');
    const link = join(folder, 'list.txt');
    await symlink(join(target, 'list.txt'), link);
    start(link);
    await writeFile(join(target, 'list.txt'), 'ab');
    await expectOneMore(0, 'the change of the target');
  });

  test('is not reported as empty while it is being rewritten', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, 'a');
    start(file);
    let early = 0;
    const impatient = pollSource(file, () => (early += 1), { intervalMs: 500, settleMs: 200, emptyMs: 0 });
    const writer = await open(file, 'w');
    await waitFor(() => early === 1, 'a poll without delay to report the empty file');
    impatient.close();
    expect(changes).toBe(0);
    await writer.write('b');
    await writer.close();
    await expectOneMore(0, 'the write');
  });

  test('is reported as empty when it stays empty', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, 'a');
    start(file);
    await writeFile(file, '');
    await expectOneMore(0, 'the empty file');
  });

  test('ignores other files in its folder', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, 'a');
    start(file);
    await writeFile(join(folder, 'other.txt'), 'b');
    await writeFile(file, 'b');
    await expectOneMore(0, 'the write');
  });

  test('reports nothing once the poll is closed', async () => {
    const file = join(folder, 'list.txt');
    await writeFile(file, 'a');
    start(file);
    await writeFile(file, 'b');
    poll?.close();
    let otherChanges = 0;
    const other = pollSource(file, () => (otherChanges += 1));
    await writeFile(file, 'c');
    await waitFor(() => otherChanges === 1, 'the other poll');
    other.close();
    expect(changes).toBe(0);
  });
});
