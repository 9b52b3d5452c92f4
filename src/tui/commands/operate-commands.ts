import { plainMessage } from '../store/messages.ts';
import { asksFirst, type Operation, OPERATIONS } from '../store/operations.ts';
import { findRow, selectCurrentRow, selectTargets } from '../store/selectors.ts';
import type { State, Target } from '../store/state.ts';
import { become, type Command, perform, type Response } from './response.ts';

function refuse(state: State, text: string): Response {
  return become({ ...state, message: plainMessage(text, 'bad', state.nowMs) });
}

/** Does it, or asks first; never without an engine, and never in a read-only screen. */
function operate(state: State, operation: Operation, targets: readonly Target[]): Response {
  const { verb } = OPERATIONS[operation];
  if (state.readOnly) return refuse(state, `${verb}: this screen is read-only; run it without --read-only to act`);
  if (state.connection.kind !== 'live') return refuse(state, `${verb}: the engine does not answer; nothing was done`);
  if (targets.length === 0) return refuse(state, `${verb}: no program is selected`);
  if (asksFirst(operation, targets.length)) {
    return become({ ...state, overlay: { kind: 'confirm', operation, targets } });
  }
  return begin(state, operation, targets);
}

function begin(state: State, operation: Operation, targets: readonly Target[]): Response {
  const who = targets.length === 1 ? targets[0]?.id : `${targets.length} programs`;
  const next: State = {
    ...state,
    overlay: { kind: 'none' },
    message: plainMessage(`${OPERATIONS[operation].verb} ${who ?? ''} ...`, 'info', state.nowMs),
    list: { ...state.list, marked: new Set() },
  };
  return perform(next, { kind: 'operate', operation, ids: targets.map(({ id }) => id) });
}

function onTargets(operation: Operation): Command {
  return (state) => operate(state, operation, selectTargets(state));
}

/** What the current program needs decides for all that are marked. */
function pauseOrResume(state: State): Response {
  const targets = selectTargets(state);
  const first = findRow(state, targets[0]?.id ?? null) ?? selectCurrentRow(state);
  return operate(state, first?.state === 'paused' ? 'resume' : 'pause', targets);
}

function confirm(state: State): Response {
  const { overlay } = state;
  return overlay.kind === 'confirm' ? begin(state, overlay.operation, overlay.targets) : become(state);
}

function decline(state: State): Response {
  const message = plainMessage('nothing was done', 'info', state.nowMs);
  return become({ ...state, overlay: { kind: 'none' }, message });
}

function startEngine(state: State): Response {
  if (state.connection.kind !== 'down') return refuse(state, 'the engine is running');
  if (!state.connection.isAbsent) return refuse(state, state.connection.reason);
  if (state.readOnly) return refuse(state, 'this screen is read-only; start the engine with "healer up"');
  return state.connection.isStarting ? become(state) : perform(state, { kind: 'startEngine' });
}

export const OPERATE_COMMANDS = {
  start: onTargets('start'),
  stop: onTargets('stop'),
  kill: onTargets('kill'),
  restart: onTargets('restart'),
  endCooldown: onTargets('cooldownReset'),
  pauseOrResume,
  confirm,
  decline,
  startEngine,
} satisfies Record<string, Command>;
