import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { peerSettingsOf, watcherOf } from '../../../src/config/registry/peer-settings.ts';
import { readStartNote, type StartNote, writeStartNote } from '../../../src/config/instance/start-note.ts';

const NOTE: StartNote = {
  pid: 4711,
  files: ['/srv/process_list.txt'],
  observes: true,
  partner: null,
  isStandalone: false,
  isManaged: false,
  cwd: '/srv',
  statusUrl: 'http://127.0.0.1:19883/status',
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-note-'));
  path = join(folder, 'default.start.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a start note records how the engine was started', () => {
  writeStartNote(path, NOTE);
  expect(readStartNote(path)).toEqual(NOTE);
});

test('a missing start note means that the engine should not run', () => {
  expect(readStartNote(path)).toBeNull();
});

test.each(['', '{', '{"files": []}'])('a damaged start note (%j) does not count as missing', (text) => {
  writeFileSync(path, text);
  expect(() => readStartNote(path)).toThrow();
});

test('each instance has its own watcher unless the settings name another one', () => {
  expect([watcherOf('default'), watcherOf('blue')]).toEqual(['watcher', 'blue-watcher']);
  expect(peerSettingsOf({}, 'blue').watcher).toBe('blue-watcher');
  const named = { 'partner-discovery': { partnerInstanceId: 'guard', partnerAlivenessPort: 7001 } };
  expect(peerSettingsOf(named, 'blue')).toMatchObject({
    watcher: 'guard',
    statusUrl: 'http://127.0.0.1:7001/status',
  });
  const alone = { 'standalone-mode': { enabled: true }, 'partner-discovery': { discoveryOnStartup: false } };
  expect(peerSettingsOf(alone, 'default')).toMatchObject({ isStandalone: true, watcher: null, statusUrl: null });
});
