import { describe, expect, test } from 'vitest';
import { printDefinitionResult, printLater } from '../../../src/cli/report/definition-result.ts';
import type { DefinitionResult } from '../../../src/protocol/results/definition-result.ts';
import type { ProcessRow } from '../../../src/protocol/snapshot.ts';
import { programRow } from '../../support/program-row.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

function printed(changes: Partial<DefinitionResult>, rows: readonly ProcessRow[] | null = []): readonly string[] {
  const terminal = recordingTerminal();
  const nothing = { added: [], removed: [], restarted: [], changed: [], applied: true };
  printDefinitionResult(terminal, { id: 'web', ...nothing, ...changes }, rows);
  return terminal.out;
}

const WAITING = programRow({ id: 'web', state: 'waiting', pid: null, why: 'waiting for db to become healthy' });

describe('the result of a change of definitions', () => {
  test.each<[what: string, changes: Partial<DefinitionResult>, rows: readonly ProcessRow[] | null, lines: string[]]>([
    ['added, without an engine', { added: ['web'] }, null, ['added "web"']],
    [
      'added and running',
      { added: ['web'] },
      [programRow({ id: 'web', pid: 99 })],
      ['added "web" (now running, pid 99)'],
    ],
    [
      'added and waiting',
      { added: ['web'] },
      [WAITING],
      ['added "web" (now waiting: waiting for db to become healthy)'],
    ],
    ['several added', { added: ['web-0', 'web-1'] }, null, ['added "web-0"', 'added "web-1"']],
    ['removed', { removed: ['web-3', 'web-2'] }, [], ['removed "web-3", "web-2"']],
    ['restarted', { restarted: ['web'] }, [], ['changed and restarted "web"']],
    ['changed in place', { changed: ['web'] }, [], ['changed "web" in place']],
    ['changed for the next engine', { changed: ['web'], applied: false }, null, ['changed "web"']],
    ['unchanged', {}, [programRow({ id: 'web' })], ['nothing to change: "web" already has these settings']],
    ['unchanged instances', {}, [programRow({ id: 'web-0' })], ['nothing to change: "web" already has these settings']],
    [
      'not usable',
      {},
      [programRow({ id: 'other' })],
      ['saved for later: "web" has no instances, or its definition has errors (see "healer config check")'],
    ],
  ])('%s', (_what, changes, rows, lines) => {
    expect(printed(changes, rows)).toEqual(lines);
  });
});

test.each([
  ['default', 'healer up'],
  ['blue', 'healer up --instance blue'],
])('for the instance "%s", a change takes effect at the next "%s"', (instance, command) => {
  const plain = recordingTerminal();
  const json = recordingTerminal({ json: true });
  printLater(plain, instance);
  printLater(json, instance);
  expect(plain.out).toEqual([`The engine is not running: the change takes effect at the next "${command}".`]);
  expect(json.out).toEqual([]);
});
