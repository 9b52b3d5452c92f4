import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Spool } from '../../../src/engine/alerts/spool.ts';
import { digest, message } from '../../support/alerts.ts';

let folder: string;
let spool: Spool;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-spool-'));
  spool = new Spool(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

function names(channel: 'email' | 'webhook'): string[] {
  return spool.list(channel).map(({ file }) => basename(file));
}

test('a message is stored in the folder of its channel under its id', () => {
  const { file, writtenAt } = spool.write('email', message(), 123);
  expect({ file, writtenAt }).toEqual({ file: join(folder, 'email', '7-abc.json'), writtenAt: 123 });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(message());
});

test('a digest is stored under its own id', () => {
  expect(basename(spool.write('email', digest(2), 0).file)).toBe('0-abc-digest.json');
});

test('a message that is written twice is stored once, in its latest version', () => {
  spool.write('email', message({ reason: 'first' }), 0);
  const { file } = spool.write('email', message({ reason: 'second' }), 0);
  expect(readdirSync(join(folder, 'email'))).toEqual(['7-abc.json']);
  expect(readFileSync(file, 'utf8')).toContain('second');
});

test('messages are listed for each channel in the order of their numbers', () => {
  for (const id of ['10-a', '9-b', '100-c']) spool.write('email', message({ id }), 0);
  spool.write('webhook', message({ id: '1-d' }), 0);
  expect(names('email')).toEqual(['9-b.json', '10-a.json', '100-c.json']);
  expect(names('webhook')).toEqual(['1-d.json']);
});

test.each(['7-abc.json.corrupt-2026', '.7-abc.json.tmp', 'notes.txt'])('the file %s is not a message', (name) => {
  spool.write('email', message(), 0);
  writeFileSync(join(folder, 'email', name), 'x');
  expect(names('email')).toEqual(['7-abc.json']);
});

test('a channel without messages has an empty list', () => {
  expect(spool.list('email')).toEqual([]);
});

test('a removed message is gone, and may be removed again', () => {
  const stored = spool.write('email', message(), 0);
  spool.remove(stored);
  spool.remove(stored);
  expect(existsSync(stored.file)).toBe(false);
});
