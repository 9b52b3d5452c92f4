import { formatDuration } from '../../base/duration.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { type EventKind, meaningOf } from '../../protocol/event-kinds.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ZombieCleanup } from '../../protocol/results/zombie-view.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Form } from '../state/form.ts';
import { formCommand } from '../state/form-command.ts';
import {
  commandLine,
  type UiOperation,
  type OperationParams,
  wordsOf,
  type OperationOutcome,
} from '../state/ui-operations.ts';
import type { Message, State } from '../state/state.ts';

/** An operation with its outcomes. */
interface Operated {
  readonly operation: UiOperation;
  readonly params: OperationParams;
  readonly outcomes: readonly OperationOutcome[];
  readonly nowMs: number;
}

/** Creates the message about an operation, with the equivalent CLI command. */
export function messageOfOutcomes({ operation, params, outcomes, nowMs }: Operated): Message {
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  const ids = outcomes.map(({ id }) => id);
  const warnings = warningsOf(outcomes);
  return {
    text:
      refused[0] === undefined
        ? [textOfDone(operation, outcomes), ...warnings].join('; ')
        : textOfRefused(refused.length, outcomes, refused[0]),
    tone: refused.length === 0 && warnings.length === 0 ? 'good' : 'bad',
    command: commandLine(operation, ids, params),
    atMs: nowMs,
    isNews: false,
  };
}

function warningsOf(outcomes: readonly OperationOutcome[]): readonly string[] {
  const warnings = outcomes.flatMap((outcome) =>
    outcome.kind === 'done' && 'warnings' in outcome.result ? (outcome.result.warnings ?? []) : [],
  );
  return [...new Set(warnings)];
}

function textOfDone(operation: UiOperation, outcomes: readonly OperationOutcome[]): string {
  const [only] = outcomes;
  const { verb } = wordsOf(operation);
  if (outcomes.length !== 1 || only?.kind !== 'done') return `${verb} ${outcomes.length} programs: done`;
  // These operations do not affect the state of the program itself.
  if (operation === 'hold' || operation === 'release') return `${verb} ${only.id}: ${wordsOf(operation).note}`;
  return 'state' in only.result ? textOfResult(operation, only.result) : `${verb} ${only.id}: done`;
}

function textOfResult(operation: UiOperation, { id, state, pid, forced, tookMs }: OperationResult): string {
  const process = pid === null ? '' : `, pid ${pid}`;
  const force = forced && operation !== 'kill' ? ', force-killed after the stop timeout' : '';
  return `${wordsOf(operation).verb} ${id}: ${state}${process}${force} (${formatDuration(tookMs)})`;
}

function textOfRefused(
  count: number,
  outcomes: readonly OperationOutcome[],
  first: OperationOutcome & { kind: 'refused' },
): string {
  if (outcomes.length === 1) return first.message;
  return `${count} of ${outcomes.length} failed: ${first.message}`;
}

/** Creates the message about an accepted change of a definition. */
export function acceptedMessage(form: Form, result: DefinitionResult, nowMs: number): Message {
  const { added, restarted, changed } = result;
  const parts = [
    added.length > 0 ? `added ${added.join(', ')}` : '',
    restarted.length > 0 ? `changed and restarted ${restarted.join(', ')}` : '',
    changed.length > 0 ? `changed ${changed.join(', ')} in place` : '',
  ].filter((part) => part !== '');
  const text = parts.length > 0 ? parts.join('; ') : `no changes: ${result.id} already has these settings`;
  return { text, tone: 'good', command: formCommand(form), atMs: nowMs, isNews: false };
}

/** Creates the message about a cleanup of zombies. */
export function cleanedMessage({ cleaned, left, restarting }: ZombieCleanup, nowMs: number): Message {
  const parts = [
    `${cleaned.length} reaped`,
    left.length === 0 ? 'none left' : `${left.length} left because their parents do not reap them`,
    ...(restarting.length === 0 ? [] : [`restarting ${restarting.join(', ')}`]),
  ];
  const text = parts.join('; ');
  return {
    text,
    tone: left.length === 0 ? 'good' : 'info',
    command: 'healer zombies --clean',
    atMs: nowMs,
    isNews: false,
  };
}

/** Creates a message without a command. */
export function plainMessage(text: string, tone: Message['tone'], nowMs: number): Message {
  return { text, tone, command: null, atMs: nowMs, isNews: false };
}

function isBadNews(kind: EventKind): boolean {
  return meaningOf(kind).tone === 'bad';
}

function readingMs({ tone }: Message): number {
  return tone === 'bad' ? TUI_LIMITS.refusalMs : TUI_LIMITS.messageMs;
}

/** Returns the newest bad event, or the newest one; the current message if it is still being read. */
export function newsOf(state: State, events: readonly EngineEvent[]): Message | null {
  const { message, nowMs } = state;
  const newest = events.findLast(({ kind }) => isBadNews(kind)) ?? events.at(-1);
  if (newest === undefined) return message;
  if (message !== null && !message.isNews && nowMs - message.atMs < readingMs(message)) return message;
  const who = newest.process === null ? '' : `${newest.process}: `;
  return {
    text: `${who}${newest.reason}`,
    tone: isBadNews(newest.kind) ? 'bad' : 'info',
    command: null,
    atMs: nowMs,
    isNews: true,
  };
}
