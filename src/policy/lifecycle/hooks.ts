import type { EngineEvent } from '../../protocol/engine-event.ts';
import { EVENT_KINDS, type EventKind, type EventMeaning } from '../../protocol/event-kinds.ts';
import type { HookName } from '../../protocol/spec/hooks-spec.ts';
import type { LifecycleState } from './state.ts';

/** The hooks that run after an event of each kind, in this order. */
const HOOKS_OF: Partial<Record<EventKind, readonly HookName[]>> = {
  started: ['after'],
  restarted: ['after', 'restarted'],
  running: ['ready'],
  exited: ['exited'],
  crashed: ['crashed'],
  'spawn-failed': ['crashed'],
  unhealthy: ['unhealthy'],
  'startup-check-failed': ['unhealthy'],
  healthy: ['healthy'],
  'limit-cpu': ['limit'],
  'limit-memory': ['limit'],
  'limit-runtime': ['limit'],
  'cooldown-started': ['cooldown'],
  failed: ['failed'],
};

/** Returns the hooks that an event causes. */
export function hooksOf(kind: EventKind): readonly HookName[] {
  const meaning: EventMeaning = EVENT_KINDS[kind];
  return HOOKS_OF[kind] ?? (meaning.is === 'anomaly' ? ['anomaly'] : []);
}

/** Returns whether a program with all of its processes was stopped: no event of its own says that. */
export function isStopped(before: LifecycleState, after: LifecycleState): boolean {
  const isAtRest = after.name === 'stopped' || after.name === 'disabled';
  return isAtRest && before.name === 'stopping' && before.goal.kind !== 'restart';
}

/** Returns what a hook gets in its environment about an event, in addition to the environment of the program. */
export function hookVariables(
  hook: HookName,
  { process, pid, reason, kind, time, data }: EngineEvent,
): Readonly<Record<string, string>> {
  const { code, signal, run } = data;
  return {
    HEALER_HOOK: hook,
    HEALER_EVENT: kind,
    HEALER_REASON: reason.replaceAll('\0', ''),
    HEALER_TIME: time,
    ...(process === null ? {} : { HEALER_ID: process }),
    ...(pid === null ? {} : { HEALER_PID: String(pid) }),
    ...(typeof code === 'number' ? { HEALER_EXIT_CODE: String(code) } : {}),
    ...(typeof signal === 'string' ? { HEALER_SIGNAL: signal } : {}),
    ...(typeof run === 'number' ? { HEALER_RUN: String(run) } : {}),
  };
}
