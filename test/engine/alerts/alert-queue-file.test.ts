import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlertQueueFile } from '../../../src/engine/alerts/alert-queue-file.ts';
import { type AlertQueue, emptyAlertQueue } from '../../../src/policy/alerts/alert-queue.ts';
import { message } from '../../support/alerts.ts';

const FULL: AlertQueue = {
  lastSeq: 7,
  tallies: { web: { process: 'web', kind: 'crashed', acceptedAt: 1, seenAt: 2, heldBack: 3 } },
  failing: { web: 4 },
  waiting: [{ alert: message().alert, readyAt: 5 }],
  storm: { digests: 1, lastAt: 6 },
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-queue-'));
  path = join(folder, 'alerts.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['an empty queue', emptyAlertQueue(0)],
  ['a queue with everything', FULL],
])('%s is loaded as it was saved', (_what, queue) => {
  new AlertQueueFile(path).save(queue);
  const { problem, queue: loaded } = new AlertQueueFile(path).load(0);
  expect(problem).toBeNull();
  expect(loaded).toMatchObject(queue);
});

test('a missing file is no problem', () => {
  expect(new AlertQueueFile(path).load(0)).toEqual({ queue: null, problem: null });
});

test.each<[string, () => void]>([
  ['removed', () => rmSync(path)],
  ['damaged', () => writeFileSync(path, '{')],
  ['emptied', () => writeFileSync(path, '')],
])('a file that was %s is replaced by its spare', (_what, harm) => {
  new AlertQueueFile(path).save(FULL);
  harm();
  expect(new AlertQueueFile(path).load(0).queue).toMatchObject(FULL);
});

const VALID = { version: 1, ...FULL };

test.each<[string, string]>([
  ['nothing', ''],
  ['half of the file', JSON.stringify(VALID).slice(0, 40)],
  ['another version', JSON.stringify({ ...VALID, version: 2 })],
  ['a negative sequence number', JSON.stringify({ ...VALID, lastSeq: -1 })],
  [
    'an unknown kind of alert',
    JSON.stringify({ ...VALID, waiting: [{ alert: { ...message().alert, kind: 'x' }, readyAt: 0 }] }),
  ],
  [
    'an id that is not a file name',
    JSON.stringify({ ...VALID, waiting: [{ alert: { ...message().alert, id: '../x' }, readyAt: 0 }] }),
  ],
  ['an unknown kind of event', JSON.stringify({ ...VALID, tallies: { web: { ...FULL.tallies['web'], kind: 'x' } } })],
])('a file with %s is copied and reported', (_what, content) => {
  writeFileSync(path, content);
  const { queue, problem } = new AlertQueueFile(path).load(Date.UTC(2026, 0, 1));
  expect(queue).toBeNull();
  const copy = `${path}.corrupt-2026-01-01T00-00-00.000Z`;
  expect(problem).toBe(`"${path}" is damaged; a copy was kept as "${copy}"`);
  expect(readFileSync(copy, 'utf8')).toBe(content);
});
