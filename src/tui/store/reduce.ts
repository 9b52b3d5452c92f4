import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { HealerError } from '../../protocol/errors.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { CooldownView, HistoryResult } from '../../protocol/methods.ts';
import type { SnapshotMessage } from '../../protocol/snapshot.ts';
import { TUI_LIMITS } from '../limits.ts';
import type { Size } from '../terminal/screen.ts';
import { appendLog } from './log-view.ts';
import { mergeRows } from './merge-rows.ts';
import { messageOfOutcomes, newsOf, plainMessage } from './messages.ts';
import type { Operation, Outcome } from './operations.ts';
import { findRow } from './selectors.ts';
import type { Samples, State } from './state.ts';

/** What happened outside, in the past tense. */
export type Action =
  | { readonly kind: 'ticked'; readonly nowMs: number }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly error: HealerError; readonly nowMs: number }
  | { readonly kind: 'engineStarting' }
  | { readonly kind: 'snapshotTaken'; readonly snapshot: SnapshotMessage; readonly nowMs: number }
  | { readonly kind: 'eventsHappened'; readonly events: readonly EngineEvent[]; readonly isHistory: boolean }
  | { readonly kind: 'logged'; readonly id: string; readonly lines: readonly LogLine[]; readonly skipped: number }
  | { readonly kind: 'cooldownsRead'; readonly cooldowns: readonly CooldownView[] }
  | { readonly kind: 'historyRead'; readonly history: HistoryResult }
  | {
      readonly kind: 'operated';
      readonly operation: Operation;
      readonly outcomes: readonly Outcome[];
      readonly nowMs: number;
    }
  | { readonly kind: 'engineNotStarted'; readonly reason: string; readonly nowMs: number };

/** Takes in what the engine, the clock and the terminal say. Keys come in through `respond`. */
export function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'ticked':
      return tick(state, action.nowMs);
    case 'resized':
      return { ...state, size: action.size };
    case 'connected':
      return { ...state, connection: { kind: 'live' } };
    case 'disconnected':
      return disconnect(state, action.error, action.nowMs);
    case 'engineStarting':
      return state.connection.kind === 'down'
        ? { ...state, connection: { ...state.connection, isStarting: true } }
        : state;
    case 'snapshotTaken':
      return takeSnapshot(state, action.snapshot, action.nowMs);
    case 'eventsHappened':
      return takeEvents(state, action.events, action.isHistory);
    case 'logged':
      return action.id === state.log.id ? { ...state, log: appendLog(state.log, action.lines, action.skipped) } : state;
    case 'cooldownsRead':
      return { ...state, cooldowns: action.cooldowns };
    case 'historyRead':
      return { ...state, usage: action.history };
    case 'operated':
      return { ...state, message: messageOfOutcomes(action.operation, action.outcomes, action.nowMs) };
    case 'engineNotStarted':
      return refuseStart(state, action.reason, action.nowMs);
  }
}

function refuseStart(state: State, reason: string, nowMs: number): State {
  const { connection } = state;
  return {
    ...state,
    connection: connection.kind === 'down' ? { ...connection, isStarting: false } : connection,
    message: plainMessage(`the engine could not be started: ${reason}`, 'bad', nowMs),
  };
}

function disconnect(state: State, { code, message }: HealerError, nowMs: number): State {
  const sinceMs = state.connection.kind === 'down' ? state.connection.sinceMs : nowMs;
  const isStarting = state.connection.kind === 'down' && state.connection.isStarting;
  const isAbsent = code === 'ENGINE_NOT_RUNNING';
  return { ...state, connection: { kind: 'down', sinceMs, reason: message, isAbsent, isStarting } };
}

function takeSnapshot(state: State, snapshot: SnapshotMessage, nowMs: number): State {
  return {
    ...state,
    nowMs,
    connection: { kind: 'live' },
    status: snapshot.status,
    rows: mergeRows(state.rows, snapshot),
  };
}

function takeEvents(state: State, events: readonly EngineEvent[], isHistory: boolean): State {
  const lastSeq = state.events.events.at(-1)?.seq ?? -1;
  // An engine that lost its state counts from the start again.
  const fresh = isHistory ? events : events.filter(({ seq }) => seq > lastSeq);
  const held = isHistory ? fresh : [...state.events.events, ...fresh].slice(-TUI_LIMITS.eventsHeld);
  const offset = state.events.offset === 0 ? 0 : state.events.offset + fresh.length;
  const message = isHistory ? state.message : newsOf(state, fresh);
  return { ...state, events: { events: held, offset }, message };
}

/** One clock for all: uptimes and countdowns move on, trends get a sample. */
function tick(state: State, nowMs: number): State {
  const ticks = state.ticks + 1;
  const next = { ...state, nowMs, ticks };
  if (state.connection.kind !== 'live') return next;
  const withUsage = { ...next, usage: extendUsage(next) };
  return ticks % TUI_LIMITS.trendTicks === 0 ? sampleTrends(withUsage) : withUsage;
}

function sampleTrends(state: State): State {
  const trends = new Map(state.rows.map((row) => [row.id, pushSample(state.trends.get(row.id), row.cpuPercent)]));
  return { ...state, trends, hostTrend: pushSample(state.hostTrend, state.status?.host.cpuPercent ?? null) };
}

function pushSample(samples: Samples = [], value: number | null): Samples {
  return [...samples.slice(-(TUI_LIMITS.trendSamples - 1)), value];
}

/** The charts go on with what the table shows, so that history is asked for only once. */
function extendUsage(state: State): State['usage'] {
  const { usage } = state;
  const row = usage === null ? null : findRow(state, usage.id);
  if (usage === null || row === null) return usage;
  return {
    ...usage,
    cpuPercent: [...usage.cpuPercent.slice(1 - TUI_LIMITS.usageSamples), row.cpuPercent],
    memoryMb: [...usage.memoryMb.slice(1 - TUI_LIMITS.usageSamples), row.memoryMb],
  };
}
