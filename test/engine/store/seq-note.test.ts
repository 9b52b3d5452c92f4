import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SeqNote } from '../../../src/engine/store/seq-note.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-seq-'));
  path = join(folder, 'run', 'default.seq');
  mkdirSync(join(folder, 'run'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the number is known to the next engine', () => {
  const note = new SeqNote(path);
  expect(note.load()).toBe(0);
  note.put(41);
  note.put(42);
  note.close(true);
  expect(new SeqNote(path).load()).toBe(42);
});

test('the number is noted again after the runtime folder was removed', () => {
  const note = new SeqNote(path);
  note.load();
  rmSync(join(folder, 'run'), { recursive: true });
  note.put(41);
  mkdirSync(join(folder, 'run'));
  note.put(42);
  expect(Number(readFileSync(path, 'utf8'))).toBe(42);
  note.close(false);
  expect(new SeqNote(path).load()).toBe(0);
});
