import { formatDuration } from '../../base/duration.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { type EventKind, meaningOf } from '../../protocol/event-kinds.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ZombieCleanup } from '../../protocol/results/zombie-view.ts';
import { TUI_LIMITS } from '../style/limits.ts';
import type { Form } from '../state/form.ts';
import { formCommand } from '../state/form-command.ts';
import { commandLine, type Operation, type OperationParams, wordsOf, type Outcome } from '../state/operations.ts';
import type { Message, State } from '../state/state.ts';

interface Operated {
  readonly operation: Operation;
  readonly params: OperationParams;
  readonly outcomes: readonly Outcome[];
  readonly nowMs: number;
}

/** Says what became of what the person asked for, with the command that does the same. */
export function messageOfOutcomes({ operation, params, outcomes, nowMs }: Operated): Message {
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  const ids = outcomes.map(({ id }) => id);
  return {
    text:
      refused[0] === undefined ? textOfDone(operation, outcomes) : textOfRefused(refused.length, outcomes, refused[0]),
    tone: refused.length === 0 ? 'good' : 'bad',
    command: commandLine(operation, ids, params),
    atMs: nowMs,
    isNews: false,
  };
}

function textOfDone(operation: Operation, outcomes: readonly Outcome[]): string {
  const [only] = outcomes;
  const { verb } = wordsOf(operation);
  if (outcomes.length !== 1 || only?.kind !== 'done') return `${verb}: all ${outcomes.length} programs done`;
  // What became of the program itself is not what these are about.
  if (operation === 'hold' || operation === 'release') return `${verb} ${only.id}: ${wordsOf(operation).note}`;
  return 'state' in only.result ? textOfResult(operation, only.result) : `${verb} ${only.id}: done`;
}

function textOfResult(operation: Operation, { id, state, pid, forced, tookMs }: OperationResult): string {
  const process = pid === null ? '' : `, pid ${pid}`;
  const force = forced && operation !== 'kill' ? ', it had to be killed' : '';
  return `${wordsOf(operation).verb} ${id}: ${state}${process}${force} (${formatDuration(tookMs)})`;
}

function textOfRefused(count: number, outcomes: readonly Outcome[], first: Outcome & { kind: 'refused' }): string {
  if (outcomes.length === 1) return first.message;
  return `${count} of ${outcomes.length} refused: ${first.message}`;
}

/** What a change of definitions did. */
export function acceptedMessage(form: Form, result: DefinitionResult, nowMs: number): Message {
  const { added, restarted, changed } = result;
  const parts = [
    added.length > 0 ? `added ${added.join(', ')}` : '',
    restarted.length > 0 ? `changed ${restarted.join(', ')} and restarted with it` : '',
    changed.length > 0 ? `changed ${changed.join(', ')} in place` : '',
  ].filter((part) => part !== '');
  const text = parts.length > 0 ? parts.join('; ') : `nothing to change: ${result.id} is so already`;
  return { text, tone: 'good', command: formCommand(form), atMs: nowMs, isNews: false };
}

export function cleanedMessage({ cleaned, left, restarting }: ZombieCleanup, nowMs: number): Message {
  const parts = [
    `${cleaned.length} reaped`,
    left.length === 0 ? 'none is left' : `${left.length} left, whose parents do not reap them`,
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

export function plainMessage(text: string, tone: Message['tone'], nowMs: number): Message {
  return { text, tone, command: null, atMs: nowMs, isNews: false };
}

function isBadNews(kind: EventKind): boolean {
  return meaningOf(kind).tone === 'bad';
}

function readingMs({ tone }: Message): number {
  return tone === 'bad' ? TUI_LIMITS.refusalMs : TUI_LIMITS.messageMs;
}

/** The newest event, unless the result of an operation is still being read. */
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
