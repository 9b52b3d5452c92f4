import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { plainMessage } from '../store/messages.ts';
import { asksFirst, type UiOperation, type OperationParams, wordsOf } from '../state/ui-operations.ts';
import { findRow, selectCurrentRow, selectTargets, selectZombies } from '../store/selectors.ts';
import type { Question, State, Target } from '../state/state.ts';
import { reasonNotToAct, refuse } from './refuse.ts';
import { isOnProcess } from '../state/process-rows.ts';
import { askForSignal, sendSignal } from './signal-commands.ts';
import { become, type Command, perform, type Response } from './response.ts';

/** The source of programs that were added by a command. */
const REGISTRY = 'registry';

/** Performs an operation, or opens its confirmation. `asks` requires one that the operation itself would not need. */
export function operate(
  state: State,
  operation: UiOperation,
  targets: readonly Target[],
  params: OperationParams = {},
  asks = false,
): Response {
  const { verb } = wordsOf(operation);
  const reason = reasonNotToAct(state, verb);
  if (reason !== null) return refuse(state, reason);
  if (targets.length === 0) return refuse(state, `${verb}: no program is selected`);
  const obstacle = operation === 'remove' ? reasonNotToRemove(state, targets) : null;
  if (obstacle !== null) return refuse(state, obstacle);
  const question = { operation, targets, params };
  if (asks || asksFirst(operation, targets.length)) return become({ ...state, overlay: { kind: 'confirm', question } });
  return begin(state, question);
}

/** A program that a file defines would be added again from that file, so this is checked before confirmation. */
function reasonNotToRemove(state: State, targets: readonly Target[]): string | null {
  for (const { id } of targets) {
    const source = findRow(state, id)?.source ?? REGISTRY;
    if (source !== REGISTRY)
      return `cannot remove "${id}": it is defined in ${source}; delete it there, or use :disable`;
  }
  return null;
}

function begin(state: State, { operation, targets, params }: Question): Response {
  const who = targets.length === 1 ? targets[0]?.id : `${targets.length} programs`;
  const next: State = {
    ...state,
    overlay: { kind: 'none' },
    message: plainMessage(`${wordsOf(operation).verb} ${who ?? ''} ...`, 'info', state.nowMs),
    list: { ...state.list, marked: new Set() },
  };
  return perform(next, { kind: 'operate', operation, ids: targets.map(({ id }) => id), params });
}

function onTargets(operation: UiOperation): Command {
  return (state) => operate(state, operation, selectTargets(state));
}

/** Keys that end a program end the selected process instead, if one is selected. */
function onProcessOrTargets(operation: UiOperation): Command {
  return (state) => (isOnProcess(state) ? askForSignal(state) : operate(state, operation, selectTargets(state)));
}

/** One key must not interrupt a program that works, so these operations ask first unless all programs are in trouble. */
function onWorkingTargets(operation: UiOperation): Command {
  return (state) => askIfWorking(state, operation);
}

function askIfWorking(state: State, operation: UiOperation): Response {
  const targets = selectTargets(state);
  return operate(
    state,
    operation,
    targets,
    {},
    targets.some(({ id }) => isWorking(findRow(state, id))),
  );
}

function isWorking(row: SnapshotRow | null): boolean {
  return row !== null && (row.state === 'running' || row.state === 'paused') && row.health !== 'unhealthy';
}

/** The state of the first program decides for all marked ones. */
function pauseOrResume(state: State): Response {
  const targets = selectTargets(state);
  const first = findRow(state, targets[0]?.id ?? null) ?? selectCurrentRow(state);
  return first?.state === 'paused' ? operate(state, 'resume', targets) : askIfWorking(state, 'pause');
}

function holdOrRelease(state: State): Response {
  const targets = selectTargets(state);
  const first = findRow(state, targets[0]?.id ?? null);
  if (first?.healing === 'held') return operate(state, 'release', targets);
  const reason = reasonNotToAct(state, wordsOf('hold').verb);
  if (reason !== null) return refuse(state, reason);
  if (targets.length === 0) return refuse(state, `${wordsOf('hold').verb}: no program is selected`);
  return become({ ...state, overlay: { kind: 'hold', targets } });
}

const MINUTE = 60_000;

function holdFor(minutes: number | null): Command {
  return (state) => {
    if (state.overlay.kind !== 'hold') return become(state);
    const params = minutes === null ? {} : { forMs: minutes * MINUTE };
    return operate(state, 'hold', state.overlay.targets, params);
  };
}

function askToClean(state: State): Response {
  const reason = reasonNotToAct(state, 'Clean up');
  if (reason !== null) return refuse(state, reason);
  if (state.zombies.kind === 'refused') return refuse(state, state.zombies.reason);
  const zombies = selectZombies(state);
  if (zombies.length === 0) return refuse(state, 'Clean up: no zombies found');
  const parents = [...new Set(zombies.map(({ parentName, parentPid }) => `${parentName} (${parentPid})`))];
  return become({ ...state, overlay: { kind: 'confirmClean', count: zombies.length, parents } });
}

function confirm(state: State): Response {
  const { overlay } = state;
  if (overlay.kind === 'confirm') return begin(state, overlay.question);
  if (overlay.kind === 'signal') return sendSignal(state);
  if (overlay.kind !== 'confirmClean') return become(state);
  const message = plainMessage('sending SIGCHLD to the parents of zombies ...', 'info', state.nowMs);
  return perform({ ...state, overlay: { kind: 'none' }, message }, { kind: 'readZombies', clean: true });
}

function decline(state: State): Response {
  const message = plainMessage('canceled', 'info', state.nowMs);
  return become({ ...state, overlay: { kind: 'none' }, message });
}

function startEngine(state: State): Response {
  if (state.connection.kind !== 'down') return refuse(state, 'the engine is already running');
  if (!state.connection.isAbsent) return refuse(state, state.connection.reason);
  if (state.readOnly) return refuse(state, 'this screen is read-only; start the engine with "healer up"');
  return state.connection.isStarting ? become(state) : perform(state, { kind: 'startEngine' });
}

/** Commands that operate on programs, zombies and the engine. */
export const OPERATE_COMMANDS = {
  start: onTargets('start'),
  stop: onProcessOrTargets('stop'),
  kill: onProcessOrTargets('kill'),
  restart: onWorkingTargets('restart'),
  rolling: onWorkingTargets('rolling'),
  remove: onTargets('remove'),
  endCooldown: onTargets('cooldownReset'),
  pauseOrResume,
  holdOrRelease,
  holdHalfHour: holdFor(30),
  holdTwoHours: holdFor(120),
  holdDay: holdFor(24 * 60),
  holdOpen: holdFor(null),
  cleanZombies: askToClean,
  confirm,
  decline,
  startEngine,
} satisfies Record<string, Command>;
