import { plainMessage } from '../store/messages.ts';
import { selectCurrentRow } from '../store/selectors.ts';
import { isOnProcess, memberAt } from '../state/process-rows.ts';
import { SIGNALS, type SignalTarget } from '../state/signals.ts';
import type { State } from '../state/state.ts';
import { reasonNotToAct, refuse } from './refuse.ts';
import { become, type Command, perform, type Response } from './response.ts';

/** Opens the dialog with the signals for the selected process; for the main process of a program, if that is selected. */
export function askForSignal(state: State): Response {
  const reason = reasonNotToAct(state, 'Signal');
  if (reason !== null) return refuse(state, reason);
  const target = signalTarget(state);
  if (target === null) return refuse(state, 'Signal: no running process is selected');
  return become({ ...state, overlay: { kind: 'signal', target, signal: null } });
}

function signalTarget(state: State): SignalTarget | null {
  const row = selectCurrentRow(state);
  if (row === null) return null;
  const { selectedId } = state.list;
  if (isOnProcess(state) && selectedId !== null) {
    const member = memberAt(state.trees, selectedId);
    return member === null ? null : { id: row.id, ...processOf(member) };
  }
  if (row.pid === null) return null;
  const { details, view } = state;
  const main = details?.tree.find(({ pid }) => pid === row.pid);
  const isRead = view.kind === 'program' && details?.row.id === row.id && main !== undefined;
  return { id: row.id, ...(isRead ? processOf(main) : { pid: row.pid, startTicks: null, command: row.name }) };
}

function processOf({
  pid,
  startTicks = null,
  name,
  command = name,
}: {
  readonly pid: number;
  readonly startTicks?: number | null;
  readonly name: string;
  readonly command?: string;
}): Omit<SignalTarget, 'id'> {
  return { pid, startTicks, command };
}

/** The digit of a signal asks whether to send it. */
function pickSignal(state: State, digit: string): Response {
  const { overlay } = state;
  const name = SIGNALS[Number(digit) - 1]?.[0];
  if (overlay.kind !== 'signal' || name === undefined) return become(state);
  return become({ ...state, overlay: { ...overlay, signal: `SIG${name}` } });
}

/** Sends the signal that was confirmed. */
export function sendSignal(state: State): Response {
  const { overlay, nowMs } = state;
  if (overlay.kind !== 'signal' || overlay.signal === null) return become(state);
  const { target, signal } = overlay;
  const message = plainMessage(`sending ${signal} to ${target.command} (pid ${String(target.pid)}) ...`, 'info', nowMs);
  return perform({ ...state, overlay: { kind: 'none' }, message }, { kind: 'signal', target, signal });
}

/** Commands that signal one process of a program. */
export const SIGNAL_COMMANDS = { signal: askForSignal, pickSignal } satisfies Record<string, Command>;
