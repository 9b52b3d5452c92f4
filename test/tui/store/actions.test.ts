import { describe, expect, test } from 'vitest';
import { HealerError } from '../../../src/protocol/errors.ts';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';
import { addForm } from '../../../src/tui/state/form.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { type Action, reduce } from '../../../src/tui/store/reduce.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { TUI_LIMITS } from '../../../src/tui/style/tui-limits.ts';
import { engineEvent, engineStatus, programDetails, programRow } from '../../support/program-row.ts';
import { logLine } from '../support/fake-world.ts';
import { anomaly, cooldownView, DOWN, OVERLAYS, VIEWS, zombie } from '../support/samples.ts';
import { NOW, screenWith } from '../support/states.ts';

const REASON = engineEvent(1).reason;
const ROWS = [programRow({ id: 'a' }), programRow({ id: 'b', cpuPercent: 7 })];
const LATER = NOW + 1000;
const SPEC = processSpecSchema.parse({ id: 'a', command: 'node' });
const RESULT = { id: 'b', added: ['b'], removed: [], restarted: [], changed: [], applied: true };
const DONE = {
  kind: 'done',
  id: 'a',
  result: { id: 'a', state: 'running', pid: 5, forced: false, tookMs: 9 },
} as const;

/** Every action, each with the changes that it makes in every view. */
const ACTIONS: readonly (readonly [Action, Partial<State>])[] = [
  [
    { kind: 'ticked', nowMs: LATER },
    { nowMs: LATER, ticks: 1 },
  ],
  [{ kind: 'resized', size: { columns: 100, rows: 30 } }, { size: { columns: 100, rows: 30 } }],
  [{ kind: 'backgroundReported', background: 'light' }, { background: 'light' }],
  [{ kind: 'backgroundReported', background: null }, { background: null }],
  [
    { kind: 'disconnected', error: new HealerError('ENGINE_NOT_RUNNING', 'no engine'), nowMs: LATER },
    { connection: { kind: 'down', sinceMs: LATER, reason: 'no engine', isAbsent: true, isStarting: false } },
  ],
  [
    { kind: 'disconnected', error: new HealerError('FORBIDDEN', 'not allowed'), nowMs: LATER },
    { connection: { kind: 'down', sinceMs: LATER, reason: 'not allowed', isAbsent: false, isStarting: false } },
  ],
  [{ kind: 'engineStarting' }, { connection: { kind: 'live', heardAtMs: NOW } }],
  [
    {
      kind: 'snapshotTaken',
      snapshot: {
        full: true,
        more: false,
        at: '',
        status: engineStatus(),
        rows: [programRow({ id: 'a' })],
        removed: [],
      },
      nowMs: LATER,
    },
    { nowMs: LATER, connection: { kind: 'live', heardAtMs: LATER }, rows: [programRow({ id: 'a' })] },
  ],
  [
    { kind: 'eventsHappened', events: [engineEvent(4)], isHistory: true },
    { events: [engineEvent(4)], message: null },
  ],
  [
    { kind: 'eventsHappened', events: [engineEvent(4)], isHistory: false },
    {
      events: [engineEvent(4)],
      message: { text: `web: ${REASON}`, tone: 'info', command: null, atMs: NOW, isNews: true },
    },
  ],
  [{ kind: 'cooldownsRead', cooldowns: [cooldownView('a')] }, { cooldowns: [cooldownView('a')] }],
  [{ kind: 'anomaliesRead', anomalies: [anomaly(1)] }, { anomalies: [anomaly(1)] }],
  [
    { kind: 'zombiesRead', scan: { kind: 'read', zombies: [zombie(9)], seenAtMs: NOW }, nowMs: LATER, cleanup: null },
    { zombies: { kind: 'read', zombies: [zombie(9)], seenAtMs: NOW }, message: null },
  ],
  [
    { kind: 'zombiesRead', scan: { kind: 'refused', reason: 'not supported' }, nowMs: LATER, cleanup: null },
    {
      zombies: { kind: 'refused', reason: 'not supported' },
      message: { text: 'not supported', tone: 'bad', command: null, atMs: LATER, isNews: false },
    },
  ],
  [{ kind: 'detailsRead', details: programDetails(programRow({ id: 'a' })) }, {}],
  [
    {
      kind: 'operated',
      operation: 'restart',
      params: {},
      outcomes: [DONE],
      nowMs: LATER,
    },
    {
      message: {
        text: 'Restart a: running, pid 5 (9ms)',
        tone: 'good',
        command: 'healer restart a',
        atMs: LATER,
        isNews: false,
      },
    },
  ],
  [
    { kind: 'reported', text: 'hello', tone: 'good', nowMs: LATER },
    { message: { text: 'hello', tone: 'good', command: null, atMs: LATER, isNews: false } },
  ],
  [
    { kind: 'engineNotStarted', reason: 'no such file', nowMs: LATER },
    {
      message: {
        text: 'the engine could not be started: no such file',
        tone: 'bad',
        command: null,
        atMs: LATER,
        isNews: false,
      },
    },
  ],
  [{ kind: 'formAccepted', result: RESULT, nowMs: LATER }, { message: null }],
  [{ kind: 'suggestionsRead', id: 'other', suggestions: [] }, {}],
  [{ kind: 'formRefused', message: 'no', issues: [] }, { message: null }],
];

describe.each(VIEWS.map((view) => [view.kind === 'tab' ? view.tab : 'program', view] as const))('in %s', (_, view) => {
  const state = screenWith(ROWS, { view });

  test.each(ACTIONS.map(([action, changes], index) => [action.kind, index, action, changes] as const))(
    '%s (%i) changes only what it reports',
    (_kind, _index, action, changes) => {
      const next = reduce(state, action);
      expect(next).toMatchObject(changes);
      expect(next.view).toBe(state.view);
      expect(next.overlay).toBe(state.overlay);
      expect(next.list.selectedId).toBe('a');
    },
  );

  test('every action leaves a state that settles', () => {
    for (const [action] of ACTIONS) {
      const settled = settle(reduce(state, action));
      expect(settle(settled)).toBe(settled);
    }
  });
});

describe('actions while something has the keyboard focus', () => {
  test.each(OVERLAYS.map((overlay, index) => [overlay.kind, index, overlay] as const))(
    'leave %s (%i) open',
    (_kind, _index, overlay) => {
      const state = screenWith(ROWS, { overlay });
      for (const [action] of ACTIONS) expect(reduce(state, action).overlay).toBe(overlay);
    },
  );

  test('a definition opens in a form, whatever is open', () => {
    for (const overlay of OVERLAYS) {
      const next = reduce(screenWith(ROWS, { overlay }), { kind: 'definitionRead', id: 'a', spec: SPEC });
      expect(next.overlay).toMatchObject({ kind: 'form', form: { purpose: { kind: 'edit', id: 'a' }, isSent: false } });
    }
  });

  test('an accepted form closes, and an added program is selected once it is listed', () => {
    const state = screenWith([programRow({ id: 'a' })], { overlay: { kind: 'form', form: addForm('/srv') } });
    const accepted = reduce(state, { kind: 'formAccepted', result: RESULT, nowMs: LATER });
    expect(accepted.overlay).toEqual({ kind: 'none' });
    expect(accepted.list).toMatchObject({ awaitedId: 'b', selectedId: 'a' });
  });

  test('an added program that is already listed is selected at once', () => {
    const state = screenWith(ROWS, { overlay: { kind: 'form', form: addForm('/srv') } });
    const accepted = reduce(state, { kind: 'formAccepted', result: RESULT, nowMs: LATER });
    expect(accepted.list).toMatchObject({ awaitedId: null, selectedId: 'b' });
  });

  test('a rejected form stays open with its problems', () => {
    const form = { ...addForm('/srv'), isSent: true };
    const refused = reduce(screenWith(ROWS, { overlay: { kind: 'form', form } }), {
      kind: 'formRefused',
      message: 'invalid',
      issues: [{ path: 'definition.id', message: 'already used' }],
    });
    expect(refused.overlay).toMatchObject({ kind: 'form', form: { isSent: false, problem: null, focused: 0 } });
  });
});

describe('the history of a program', () => {
  const history = { id: 'a', stepMs: 1000, until: '', cpuPercent: [1, 2], memoryMb: [3, null] };
  const read = reduce(screenWith(ROWS), { kind: 'historyRead', history, span: '15m' });

  test('is kept with its period', () => {
    expect(read.usage).toMatchObject({ id: 'a', span: '15m', stepMs: 1000, cpuPercent: [1, 2], memoryMb: [3, null] });
  });

  test('is extended by the figures of the table on each tick', () => {
    const ticked = reduce(read, { kind: 'ticked', nowMs: LATER });
    expect(ticked.usage).toMatchObject({ cpuPercent: [1, 2, 1.5], memoryMb: [3, null, 48.2] });
  });

  test('is not extended if it covers 24 h', () => {
    const daily = reduce(screenWith(ROWS), { kind: 'historyRead', history, span: '24h' });
    expect(reduce(daily, { kind: 'ticked', nowMs: LATER }).usage).toBe(daily.usage);
  });

  test('is not extended if its program is gone', () => {
    const gone = { ...read, rows: [] };
    expect(reduce(gone, { kind: 'ticked', nowMs: LATER }).usage).toBe(gone.usage);
  });

  test('keeps at most the samples of the chart', () => {
    const long = Array.from({ length: TUI_LIMITS.usageSamples }, (_, index) => index);
    const full = reduce(read, { kind: 'historyRead', history: { ...history, cpuPercent: long }, span: '15m' });
    const { usage } = reduce(full, { kind: 'ticked', nowMs: LATER });
    expect(usage?.cpuPercent).toHaveLength(TUI_LIMITS.usageSamples);
    expect(usage?.cpuPercent.at(0)).toBe(1);
    expect(usage?.cpuPercent.at(-1)).toBe(1.5);
  });
});

describe('an engine that is starting', () => {
  const down = screenWith(ROWS, { connection: DOWN });
  const starting = reduce(down, { kind: 'engineStarting' });

  test('is shown as starting until it responds', () => {
    expect(starting.connection).toEqual({ ...DOWN, isStarting: true });
  });

  test('is shown as starting while the connection is retried', () => {
    const error = new HealerError('ENGINE_NOT_RUNNING', 'no engine');
    const retried = reduce(starting, { kind: 'disconnected', error, nowMs: LATER });
    expect(retried.connection).toMatchObject({ sinceMs: NOW, isStarting: true, reason: 'no engine' });
  });

  test('is no longer starting after a failure', () => {
    const failed = reduce(starting, { kind: 'engineNotStarted', reason: 'no', nowMs: LATER });
    expect(failed.connection).toEqual(DOWN);
  });
});

test('an engine on another machine is never offered to be started', () => {
  const error = new HealerError('ENGINE_NOT_RUNNING', 'no engine');
  const { connection } = reduce(screenWith(ROWS, { isRemote: true }), { kind: 'disconnected', error, nowMs: NOW });
  expect(connection).toMatchObject({ isAbsent: false });
});

test.each([
  [250, 5000],
  [1000, 5000],
  [2000, 6000],
  [10_000, 30_000],
])('at a refresh interval of %i ms, the engine may be silent for %i ms', (rateMs, silenceMs) => {
  const state = screenWith(ROWS, { rateMs });
  expect(reduce(state, { kind: 'ticked', nowMs: NOW + silenceMs }).connection.kind).toBe('live');
  expect(reduce(state, { kind: 'ticked', nowMs: NOW + silenceMs + 1 }).connection.kind).toBe('down');
});

test('events are kept up to the limit, the newest ones', () => {
  const events = Array.from({ length: TUI_LIMITS.eventsHeld }, (_, index) => engineEvent(index + 1));
  const full = reduce(screenWith(ROWS), { kind: 'eventsHappened', events, isHistory: true });
  const next = reduce(full, { kind: 'eventsHappened', events: [engineEvent(2000)], isHistory: false });
  expect(next.events).toHaveLength(TUI_LIMITS.eventsHeld);
  expect(next.events.at(0)?.seq).toBe(2);
  expect(next.events.at(-1)?.seq).toBe(2000);
});

test('output is added to the log of its program', () => {
  const state = settle({ ...screenWith(ROWS), view: { kind: 'program', id: 'a', from: 'processes', logOf: ['a'] } });
  const next = reduce(state, { kind: 'logged', id: 'a', lines: [logLine('one'), logLine('two')], skipped: 3 });
  expect(next.log.lines.map(({ text, number, program }) => [text, number, program])).toEqual([
    ['one', 0, 'a'],
    ['two', 1, 'a'],
  ]);
  expect(next.log.skipped).toBe(3);
});

test.each([
  [{ cleaned: [zombie(1)], left: [], restarting: [] }, '1 reaped; none left', 'good'],
  [
    { cleaned: [], left: [zombie(1)], restarting: [] },
    '0 reaped; 1 left because their parents do not reap them',
    'info',
  ],
  [
    { cleaned: [], left: [zombie(1), zombie(2)], restarting: ['a', 'b'] },
    '0 reaped; 2 left because their parents do not reap them; restarting a, b',
    'info',
  ],
] as const)('the cleanup %j is reported', (cleanup, text, tone) => {
  const scan = { kind: 'read', zombies: [], seenAtMs: NOW } as const;
  const { message } = reduce(screenWith(ROWS), { kind: 'zombiesRead', scan, nowMs: LATER, cleanup });
  expect(message).toEqual({ text, tone, command: 'healer zombies --clean', atMs: LATER, isNews: false });
});
