import type { LastExit, ProcessStateName } from '../../../src/protocol/process-state.ts';
import type { AnomalyRecord } from '../../../src/protocol/results/anomaly-record.ts';
import type { CooldownView } from '../../../src/protocol/results/cooldown-view.ts';
import type { ZombieView } from '../../../src/protocol/results/zombie-view.ts';
import type { Overlay, State, TabName, Target, View } from '../../../src/tui/state/state.ts';
import { textField } from '../../../src/tui/state/text-field.ts';
import type { Scene } from '../../../src/tui/style/scene.ts';
import { stripVTControlCharacters } from 'node:util';
import { NOW, pens } from './states.ts';

const TABS: readonly TabName[] = ['processes', 'anomalies', 'zombies', 'cooldown', 'events'];

/** Each view: all tabs, and one program. */
export const VIEWS: readonly View[] = [
  ...TABS.map((tab) => ({ kind: 'tab' as const, tab })),
  { kind: 'program', id: 'a', from: 'processes', logOf: ['a'] },
];

export const DOWN: Extract<State['connection'], { kind: 'down' }> = {
  kind: 'down',
  sinceMs: NOW,
  reason: 'connection refused',
  isAbsent: true,
  isStarting: false,
};

export function target(id: string, pid: number | null = 4711): Target {
  return { id, name: id, pid };
}

export function targets(count: number): Target[] {
  return Array.from({ length: count }, (_, index) => target(`p${index}`));
}

/** One overlay of each kind, except the form, which depends on a definition. */
export const OVERLAYS: readonly Overlay[] = [
  { kind: 'none' },
  { kind: 'prompt', purpose: 'filter', field: textField('we'), before: '' },
  { kind: 'prompt', purpose: 'search', field: textField('err'), before: '' },
  { kind: 'palette', field: textField('st'), chosen: -1 },
  { kind: 'sort' },
  { kind: 'hold', targets: targets(1) },
  { kind: 'confirm', question: { operation: 'stop', targets: targets(1), params: {} } },
  { kind: 'confirmClean', count: 2, parents: ['api (1)', 'web (2)'] },
  { kind: 'help', page: 0 },
];

export function lastExit(changes: Partial<LastExit> = {}): LastExit {
  return {
    code: 1,
    signal: null,
    coreDumped: false,
    at: new Date(NOW - 60_000).toISOString(),
    uptimeMs: 20_000,
    reason: 'exited with code 1',
    ...changes,
  };
}

export function anomaly(seq: number, changes: Partial<AnomalyRecord> = {}): AnomalyRecord {
  return {
    seq,
    id: 'a',
    at: new Date(NOW - 60_000 + seq * 1000).toISOString(),
    kind: 'memory-leak',
    pid: 4711,
    evidence: `evidence ${seq}`,
    figures: { slopeMbPerMinute: 4.1 },
    action: 'restart',
    ...changes,
  };
}

export function zombie(pid: number, changes: Partial<ZombieView> = {}): ZombieView {
  return {
    pid,
    name: 'sleep',
    parentPid: 4711,
    parentName: 'node',
    ageMs: pid * 1000,
    program: 'a',
    untouched: null,
    ...changes,
  };
}

export function cooldownView(id: string, changes: Partial<CooldownView> = {}): CooldownView {
  const state: ProcessStateName = 'running';
  return { id, state, restarts: [], limit: 5, windowMs: 60_000, durationMs: 120_000, until: null, ...changes };
}

export function secondsAgo(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

export function secondsAhead(seconds: number): string {
  return new Date(NOW + seconds * 1000).toISOString();
}

/** Returns a scene without colors. */
export function scene(columns: number, height: number, ascii = false): Scene {
  return { ...pens({ ascii }), columns, height };
}

/** Returns lines as a person sees them: without escape sequences and trailing spaces. */
export function visible(lines: readonly string[]): string[] {
  return lines.map((line) => stripVTControlCharacters(line).trimEnd());
}
