import { withTree } from '../state/process-rows.ts';
import { treeUsageOf } from '../state/tree-usage.ts';
import { takeOlder } from './take-older.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { HealerError } from '../../protocol/errors.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { ProcessDetails, TreeMember } from '../../protocol/results/process-details.ts';
import type { Suggestion } from '../../protocol/results/suggestions.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { SnapshotMessage, SnapshotRow } from '../../protocol/snapshot.ts';
import type { ZombieCleanup } from '../../protocol/results/zombie-view.ts';
import { mergeRows } from '../../client/attach/merge-rows.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Size } from '../terminal/screen.ts';
import type { Background } from '../style/theme.ts';
import type { Moment } from '../state/moment.ts';
import { editForm, type FieldIssue, refuseForm } from '../state/form.ts';
import { appendLog, countFreshLines } from '../state/append-log.ts';
import { type LogArrival, stopReading, type CleanLine } from '../state/log-view.ts';
import { acceptedMessage, cleanedMessage, messageOfOutcomes, newsOf, plainMessage } from './messages.ts';
import type { UiOperation, OperationParams, OperationOutcome } from '../state/ui-operations.ts';
import { findRow } from './selectors.ts';
import type { ListView, Message, Samples, State, UsageSpan } from '../state/state.ts';
import type { ZombieScan } from '../state/zombie-scan.ts';

/** Something that happened outside the screen. */
export type Action =
  | { readonly kind: 'ticked'; readonly nowMs: number }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'backgroundReported'; readonly background: Background }
  | { readonly kind: 'symbolsMeasured'; readonly isWide: boolean }
  | { readonly kind: 'disconnected'; readonly error: HealerError; readonly nowMs: number }
  | { readonly kind: 'engineStarting' }
  | { readonly kind: 'snapshotTaken'; readonly snapshot: SnapshotMessage; readonly nowMs: number }
  | { readonly kind: 'eventsHappened'; readonly events: readonly EngineEvent[]; readonly isHistory: boolean }
  | ({ readonly kind: 'logged'; readonly id: string } & LogArrival)
  | {
      /** They cannot be read: the connection is lost, or the engine is of an earlier version. */
      readonly kind: 'olderRefused';
      readonly id: string;
    }
  | {
      readonly kind: 'olderRead';
      readonly id: string;
      readonly lines: readonly CleanLine[];
      readonly older: string | null;
      readonly nowMs: number;
    }
  | { readonly kind: 'momentRead'; readonly moment: Moment; readonly lines: readonly CleanLine[] }
  | { readonly kind: 'cooldownsRead'; readonly cooldowns: readonly CooldownView[] }
  | { readonly kind: 'anomaliesRead'; readonly anomalies: readonly AnomalyRecord[] }
  | {
      readonly kind: 'zombiesRead';
      readonly scan: ZombieScan;
      readonly nowMs: number;
      readonly cleanup: ZombieCleanup | null;
    }
  | { readonly kind: 'historyRead'; readonly history: HistoryResult; readonly span: UsageSpan }
  | { readonly kind: 'detailsRead'; readonly details: ProcessDetails }
  | {
      readonly kind: 'treeRead';
      readonly id: string;
      readonly members: readonly TreeMember[];
      readonly nowMs: number;
    }
  | { readonly kind: 'definitionRead'; readonly id: string; readonly spec: ProcessSpec }
  | { readonly kind: 'suggestionsRead'; readonly id: string; readonly suggestions: readonly Suggestion[] }
  | { readonly kind: 'formAccepted'; readonly result: DefinitionResult; readonly nowMs: number }
  | { readonly kind: 'formRefused'; readonly message: string; readonly issues: readonly FieldIssue[] }
  | {
      readonly kind: 'operated';
      readonly operation: UiOperation;
      readonly params: OperationParams;
      readonly outcomes: readonly OperationOutcome[];
      readonly nowMs: number;
    }
  | {
      readonly kind: 'reported';
      readonly text: string;
      readonly tone: Message['tone'];
      /** The equivalent CLI command. */
      readonly command?: string;
      readonly nowMs: number;
    }
  | { readonly kind: 'engineNotStarted'; readonly reason: string; readonly nowMs: number };

/** Applies what the engine, the clock and the terminal reported. Keys are handled by `respond`. */
export function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'ticked':
      return tick(state, action.nowMs);
    case 'resized':
      return { ...state, size: action.size };
    case 'backgroundReported':
      return { ...state, background: action.background ?? state.background };
    case 'symbolsMeasured':
      return { ...state, hasWideSymbols: action.isWide };
    case 'disconnected':
      return disconnect(state, action.error, action.nowMs);
    case 'engineStarting':
      return noteStart(state);
    case 'snapshotTaken':
      return takeSnapshot(state, action.snapshot, action.nowMs);
    case 'eventsHappened':
      return takeEvents(state, action.events, action.isHistory);
    case 'logged':
      return { ...state, log: appendLog(state.log, action.id, action.lines, action.skipped, action) };
    case 'olderRefused':
      return { ...state, log: stopReading(state.log) };
    case 'olderRead':
      return takeOlder(state, action);
    case 'momentRead':
      return { ...state, moment: { ...action.moment, lines: action.lines } };
    case 'cooldownsRead':
      return { ...state, cooldowns: action.cooldowns };
    case 'anomaliesRead':
      return { ...state, anomalies: action.anomalies };
    case 'zombiesRead':
      return takeZombies(state, action);
    case 'historyRead':
      return { ...state, usage: { ...action.history, span: action.span, added: 0 } };
    case 'detailsRead':
      return takeDetails(state, action.details);
    case 'treeRead': {
      const { id, members, nowMs } = action;
      return { ...state, trees: withTree(state.trees, state.list.opened, { id, members, atMs: nowMs }) };
    }
    case 'definitionRead':
      return { ...state, overlay: { kind: 'form', form: editForm(action.id, action.spec) } };
    case 'suggestionsRead':
      return takeSuggestions(state, action.id, action.suggestions);
    case 'formAccepted':
      return takeAcceptance(state, action.result, action.nowMs);
    case 'formRefused':
      return takeRefusal(state, action.message, action.issues);
    case 'operated':
      return { ...state, message: messageOfOutcomes(action) };
    case 'reported':
      return {
        ...state,
        message: { ...plainMessage(action.text, action.tone, action.nowMs), command: action.command ?? null },
      };
    case 'engineNotStarted':
      return refuseStart(state, action.reason, action.nowMs);
  }
}

function noteStart(state: State): State {
  const { connection } = state;
  return connection.kind === 'down' ? { ...state, connection: { ...connection, isStarting: true } } : state;
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
  const isAbsent = code === 'ENGINE_NOT_RUNNING' && !state.isRemote;
  return { ...state, connection: { kind: 'down', sinceMs, reason: message, isAbsent, isStarting } };
}

function takeSnapshot(state: State, snapshot: SnapshotMessage, nowMs: number): State {
  const rows = mergeRows(state.rows, snapshot);
  return {
    ...state,
    nowMs,
    connection: { kind: 'live', heardAtMs: nowMs },
    status: snapshot.status,
    rows,
    list: selectAwaited(state.list, rows),
  };
}

/** Selects a program that was just added, once the engine lists it. */
function selectAwaited(list: ListView, rows: readonly SnapshotRow[]): ListView {
  const { awaitedId } = list;
  if (awaitedId === null || !rows.some(({ id }) => id === awaitedId)) return list;
  return { ...list, selectedId: awaitedId, awaitedId: null };
}

function takeEvents(state: State, events: readonly EngineEvent[], isHistory: boolean): State {
  if (isHistory) return { ...state, events };
  const lastSeq = state.events.at(-1)?.seq ?? -1;
  // An engine that lost its state numbers its events from the start again.
  const fresh = events.filter(({ seq }) => seq > lastSeq);
  const held = [...state.events, ...fresh].slice(-TUI_LIMITS.eventsHeld);
  return { ...state, events: held, message: newsOf(state, fresh) };
}

/** CPU usage of processes is known once the same program was read twice. */
function takeDetails(state: State, details: ProcessDetails): State {
  const before = state.details?.row.id === details.row.id ? state.details.tree : [];
  return { ...state, details, treeUsage: treeUsageOf(before, details.tree) };
}

function takeZombies(state: State, { scan, nowMs, cleanup }: Extract<Action, { kind: 'zombiesRead' }>): State {
  const next = { ...state, zombies: scan };
  if (scan.kind === 'refused') return { ...next, message: plainMessage(scan.reason, 'bad', nowMs) };
  return cleanup === null ? next : { ...next, message: cleanedMessage(cleanup, nowMs) };
}

function takeAcceptance(state: State, result: DefinitionResult, nowMs: number): State {
  if (state.overlay.kind !== 'form') return state;
  const { form } = state.overlay;
  const awaitedId = form.purpose.kind === 'add' ? result.id : state.list.awaitedId;
  const list = selectAwaited({ ...state.list, awaitedId }, state.rows);
  return { ...state, list, overlay: { kind: 'none' }, message: acceptedMessage(form, result, nowMs) };
}

/** Shows suggestions in the form of the program, unless it was closed in the meantime. */
function takeSuggestions(state: State, id: string, suggestions: readonly Suggestion[]): State {
  if (state.overlay.kind !== 'form') return state;
  const { form } = state.overlay;
  if (form.purpose.kind !== 'edit' || form.purpose.id !== id) return state;
  return { ...state, overlay: { kind: 'form', form: { ...form, suggestions } } };
}

/** Shows the problems in the form, unless it was closed in the meantime. */
function takeRefusal(state: State, message: string, issues: readonly FieldIssue[]): State {
  if (state.overlay.kind !== 'form') return state;
  return { ...state, overlay: { kind: 'form', form: refuseForm(state.overlay.form, message, issues) } };
}

/** Advances uptimes and countdowns, and adds samples to trends. */
function tick(state: State, nowMs: number): State {
  const ticks = state.ticks + 1;
  const next = { ...state, nowMs, ticks, log: countFreshLines(state.log) };
  const { connection } = state;
  if (connection.kind !== 'live') return next;
  if (nowMs - connection.heardAtMs > silenceMs(state)) return { ...next, connection: unheard(connection.heardAtMs) };
  const withUsage = { ...next, usage: extendUsage(next) };
  const withMemory =
    ticks % TUI_LIMITS.memoryTrendTicks === 0 || next.memoryTrends.size === 0 ? sampleMemory(withUsage) : withUsage;
  return ticks % TUI_LIMITS.trendTicks === 0 ? sampleTrends(withMemory) : withMemory;
}

/** How long the engine may be silent. A frozen engine keeps its connections, so silence is the only sign of it. */
function silenceMs({ rateMs }: State): number {
  return Math.max(TUI_LIMITS.silenceMs, 3 * rateMs);
}

function unheard(sinceMs: number): State['connection'] {
  return { kind: 'down', sinceMs, reason: 'the engine is not responding', isAbsent: false, isStarting: false };
}

function sampleTrends(state: State): State {
  const trends = new Map(state.rows.map((row) => [row.id, pushSample(state.trends.get(row.id), row.cpuPercent)]));
  return { ...state, trends, hostTrend: pushSample(state.hostTrend, state.status?.host.cpuPercent ?? null) };
}

function sampleMemory(state: State): State {
  const samples = state.rows.map((row) => [row.id, pushSample(state.memoryTrends.get(row.id), row.memoryMb)] as const);
  return { ...state, memoryTrends: new Map(samples) };
}

/** Returns the same samples if the trend looks the same with the new one, so that rows of idle programs are not drawn again. */
function pushSample(samples: Samples = [], value: number | null): Samples {
  // Zeros are blank, as is what is left of the first sample.
  const isFull = samples.length === (value === 0 ? 1 : TUI_LIMITS.trendSamples);
  if (isFull && samples.every((sample) => sample === value)) return samples;
  return [...samples.slice(-(TUI_LIMITS.trendSamples - 1)), value];
}

/** Extends the charts with the values of the table, so that the history is requested only once. */
function extendUsage(state: State): State['usage'] {
  const { usage } = state;
  const row = usage === null ? null : findRow(state, usage.id);
  // The 24 h chart has one sample per minute; it is requested again instead.
  if (usage === null || row === null || usage.span !== '15m') return usage;
  return {
    ...usage,
    added: usage.added + 1,
    cpuPercent: [...usage.cpuPercent.slice(1 - TUI_LIMITS.usageSamples), row.cpuPercent],
    memoryMb: [...usage.memoryMb.slice(1 - TUI_LIMITS.usageSamples), row.memoryMb],
  };
}
