import { formatDuration } from '../../base/duration.ts';
import type { EngineEvent, EventKind } from '../../protocol/engine-event.ts';
import type { OperationResult } from '../../protocol/methods.ts';
import { TUI_LIMITS } from '../limits.ts';
import { commandLine, type Operation, OPERATIONS, type Outcome } from './operations.ts';
import type { Message, State } from './state.ts';

/** Says what became of what the person asked for, with the command that does the same. */
export function messageOfOutcomes(operation: Operation, outcomes: readonly Outcome[], nowMs: number): Message {
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  const ids = outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.result.id : outcome.id));
  return {
    text:
      refused[0] === undefined ? textOfDone(operation, outcomes) : textOfRefused(refused.length, outcomes, refused[0]),
    tone: refused.length === 0 ? 'good' : 'bad',
    command: commandLine(operation, ids),
    atMs: nowMs,
    isNews: false,
  };
}

function textOfDone(operation: Operation, outcomes: readonly Outcome[]): string {
  const [only] = outcomes;
  if (outcomes.length === 1 && only?.kind === 'done') return textOfResult(operation, only.result);
  return `${OPERATIONS[operation].verb}: all ${outcomes.length} programs done`;
}

function textOfResult(operation: Operation, { id, state, pid, forced, tookMs }: OperationResult): string {
  const process = pid === null ? '' : `, pid ${pid}`;
  const force = forced ? ', it had to be killed' : '';
  return `${OPERATIONS[operation].verb} ${id}: ${state}${process}${force} (${formatDuration(tookMs)})`;
}

function textOfRefused(count: number, outcomes: readonly Outcome[], first: Outcome & { kind: 'refused' }): string {
  if (outcomes.length === 1) return first.message;
  return `${count} of ${outcomes.length} refused: ${first.message}`;
}

export function plainMessage(text: string, tone: Message['tone'], nowMs: number): Message {
  return { text, tone, command: null, atMs: nowMs, isNews: false };
}

const BAD_NEWS: ReadonlySet<EventKind> = new Set<EventKind>([
  'crashed',
  'spawn-failed',
  'terminate-failed',
  'limit-cpu',
  'limit-memory',
  'cooldown-started',
  'failed',
  'engine-degraded',
  'config-invalid',
  'file-corrupt',
  'log-gap',
]);

export function isBadNews(kind: EventKind): boolean {
  return BAD_NEWS.has(kind);
}

/** The newest event, unless the result of an operation is still being read. */
export function newsOf(state: State, events: readonly EngineEvent[]): Message | null {
  const { message, nowMs } = state;
  const newest = events.findLast(({ kind }) => isBadNews(kind)) ?? events.at(-1);
  if (newest === undefined) return message;
  if (message !== null && !message.isNews && nowMs - message.atMs < TUI_LIMITS.messageMs) return message;
  const who = newest.process === null ? '' : `${newest.process}: `;
  return {
    text: `${who}${newest.reason}`,
    tone: isBadNews(newest.kind) ? 'bad' : 'info',
    command: null,
    atMs: nowMs,
    isNews: true,
  };
}
