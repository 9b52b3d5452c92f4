import { describe, expect, test } from 'vitest';
import { ALL_EVENT_KINDS, meaningOf } from '../../../src/protocol/event-kinds.ts';
import type { OperationResult } from '../../../src/protocol/results/operation-result.ts';
import { addForm, editForm } from '../../../src/tui/state/form.ts';
import type { UiOperation, OperationOutcome } from '../../../src/tui/state/ui-operations.ts';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';
import { acceptedMessage, messageOfOutcomes, newsOf, plainMessage } from '../../../src/tui/store/messages.ts';
import { TUI_LIMITS } from '../../../src/tui/style/tui-limits.ts';
import { engineEvent } from '../../support/program-row.ts';
import { NOW, screenWith } from '../support/states.ts';

function done(id: string, changes: Partial<OperationResult> = {}): OperationOutcome {
  return { kind: 'done', id, result: { id, state: 'running', pid: 5, forced: false, tookMs: 120, ...changes } };
}

function refused(id: string, message: string): OperationOutcome {
  return { kind: 'refused', id, message };
}

const REASON = engineEvent(1).reason;
const REMOVED: OperationOutcome = {
  kind: 'done',
  id: 'a',
  result: { id: 'a', added: [], removed: ['a'], restarted: [], changed: [], applied: true },
};

describe('the result of an operation', () => {
  test.each<[UiOperation, readonly OperationOutcome[], string, string]>([
    ['start', [done('a')], 'Start a: running, pid 5 (120ms)', 'healer start a'],
    ['stop', [done('a', { state: 'stopped', pid: null })], 'Stop a: stopped (120ms)', 'healer stop a'],
    [
      'stop',
      [done('a', { state: 'stopped', pid: null, forced: true, tookMs: 10_400 })],
      'Stop a: stopped, force-killed after the stop timeout (10s)',
      'healer stop a',
    ],
    ['kill', [done('a', { state: 'stopped', pid: null, forced: true })], 'Kill a: stopped (120ms)', 'healer kill a'],
    ['restart', [done('a'), done('b')], 'Restart 2 programs: done', 'healer restart a b'],
    ['reload', [done('a')], 'Reload a: running, pid 5 (120ms)', 'healer reload a'],
    ['pause', [done('a', { state: 'paused' })], 'Pause a: paused, pid 5 (120ms)', 'healer pause a'],
    ['resume', [done('a')], 'Resume a: running, pid 5 (120ms)', 'healer resume a'],
    ['enable', [done('a', { state: 'stopped', pid: null })], 'Enable a: stopped (120ms)', 'healer enable a'],
    ['disable', [done('a', { state: 'disabled', pid: null })], 'Disable a: disabled (120ms)', 'healer disable a'],
    ['hold', [done('a')], 'Pause healing of a: faults are still reported', 'healer hold a'],
    ['release', [done('a')], 'Resume healing of a: faults are healed again', 'healer release a'],
    ['cooldownReset', [done('a')], 'Reset the cooldown of a: running, pid 5 (120ms)', 'healer cooldown reset a'],
    ['remove', [REMOVED], 'Remove a: done', 'healer remove a'],
    ['rolling', [done('a'), done('b')], 'Rolling restart of 2 programs: done', 'healer restart a && healer restart b'],
  ])('of %s with %j', (operation, outcomes, text, command) => {
    expect(messageOfOutcomes({ operation, params: {}, outcomes, nowMs: NOW })).toEqual({
      text,
      tone: 'good',
      command,
      atMs: NOW,
      isNews: false,
    });
  });

  test('of one refused program is its reason', () => {
    const outcomes = [refused('a', 'cannot stop "a": it is not running')];
    expect(messageOfOutcomes({ operation: 'stop', params: {}, outcomes, nowMs: NOW })).toMatchObject({
      text: 'cannot stop "a": it is not running',
      tone: 'bad',
      command: 'healer stop a',
    });
  });

  test('of several programs counts the failures and shows the first', () => {
    const outcomes = [done('a'), refused('b', 'no'), refused('c', 'never')];
    expect(messageOfOutcomes({ operation: 'stop', params: {}, outcomes, nowMs: NOW })).toMatchObject({
      text: '2 of 3 failed: no',
      tone: 'bad',
    });
  });

  test('names at most three programs in the command', () => {
    const outcomes = ['a', 'b', 'c', 'd'].map((id) => done(id));
    expect(messageOfOutcomes({ operation: 'stop', params: {}, outcomes, nowMs: NOW }).command).toBe(
      'healer stop a b (2 more)',
    );
    expect(
      messageOfOutcomes({ operation: 'stop', params: {}, outcomes: outcomes.slice(0, 3), nowMs: NOW }).command,
    ).toBe('healer stop a b c');
  });

  test('has the duration of a pause of healing in the command', () => {
    const params = { forMs: 7_200_000 };
    expect(messageOfOutcomes({ operation: 'hold', params, outcomes: [done('a')], nowMs: NOW }).command).toBe(
      'healer hold a --for 120m',
    );
  });
});

const SPEC = processSpecSchema.parse({ id: 'a', command: 'node' });

describe('an accepted definition', () => {
  test.each([
    [{ added: ['a'] }, 'added a'],
    [{ restarted: ['a'] }, 'changed and restarted a'],
    [{ changed: ['a'] }, 'changed a in place'],
    [{ restarted: ['a'], changed: ['b', 'c'] }, 'changed and restarted a; changed b, c in place'],
    [{}, 'no changes: a already has these settings'],
  ])('with the result %j', (changes, text) => {
    const result = { id: 'a', added: [], removed: [], restarted: [], changed: [], applied: true, ...changes };
    const message = acceptedMessage(editForm('a', SPEC), result, NOW);
    expect(message).toEqual({ text, tone: 'good', command: 'healer update a', atMs: NOW, isNews: false });
  });

  test('has the command for a field without an option of its own', () => {
    const form = addForm('/srv');
    const fields = form.fields.map((field) =>
      field.key === 'schedule' ? { ...field, field: { text: '0 4 * * *', caret: 0 } } : field,
    );
    const result = { id: 'a', added: ['a'], removed: [], restarted: [], changed: [], applied: true };
    expect(acceptedMessage({ ...form, fields }, result, NOW).command).toBe("healer add --set 'schedule=0 4 * * *' ");
  });
});

describe('news', () => {
  const state = screenWith(['web']);

  test.each(ALL_EVENT_KINDS)('of the kind %s has the tone of its row', (kind) => {
    const isBad = meaningOf(kind).tone === 'bad';
    expect(newsOf(state, [engineEvent(1, { kind })])).toEqual({
      text: `web: ${REASON}`,
      tone: isBad ? 'bad' : 'info',
      command: null,
      atMs: NOW,
      isNews: true,
    });
  });

  test('is the newest bad event, otherwise the newest one', () => {
    const events = [
      engineEvent(1, { kind: 'crashed', reason: 'first' }),
      engineEvent(2, { kind: 'crashed', reason: 'second' }),
      engineEvent(3, { reason: 'third' }),
    ];
    expect(newsOf(state, events)?.text).toBe('web: second');
    expect(newsOf(state, events.slice(2))?.text).toBe('web: third');
  });

  test('about the engine names no program', () => {
    expect(newsOf(state, [engineEvent(1, { process: null })])?.text).toBe(REASON);
  });

  test('without events stays what it was', () => {
    const message = plainMessage('hello', 'good', NOW);
    expect(newsOf({ ...state, message }, [])).toBe(message);
    expect(newsOf(state, [])).toBeNull();
  });

  test.each([
    ['good', TUI_LIMITS.messageMs],
    ['info', TUI_LIMITS.messageMs],
    ['bad', TUI_LIMITS.refusalMs],
  ] as const)('does not replace a %s message for %i ms', (tone, ms) => {
    const message = plainMessage('hello', tone, NOW);
    const at = (nowMs: number): string | undefined => newsOf({ ...state, message, nowMs }, [engineEvent(1)])?.text;
    expect(at(NOW + ms - 1)).toBe('hello');
    expect(at(NOW + ms)).toBe(`web: ${REASON}`);
  });

  test('replaces older news at once', () => {
    const message = { ...plainMessage('old', 'bad', NOW), isNews: true };
    expect(newsOf({ ...state, message }, [engineEvent(1)])?.text).toBe(`web: ${REASON}`);
  });
});
