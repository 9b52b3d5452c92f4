import { helpSpeech, readingSpeech, viewChangeSpeech } from './change-speech.ts';
import { completionsOf } from '../commands/palette.ts';
import { RECORD_TABLES } from '../lines/record-tables.ts';
import type { Pens } from '../style/scene.ts';
import { statusText } from '../text/program-status.ts';
import { focusedField, type Form } from '../state/form.ts';
import { fieldNamed } from '../state/form-fields.ts';
import { wordsOf } from '../state/ui-operations.ts';
import type { TreeMember } from '../../protocol/results/process-details.ts';
import { memberAt } from '../state/process-rows.ts';
import { SIGNALS } from '../state/signals.ts';
import { findRow, recordTabOf, selectListedRows } from '../store/selectors.ts';
import type { Message, Overlay, State, View } from '../state/state.ts';
import { TABS } from '../layout/tabs.ts';

/** The maximum number of output lines that are read out together; for all others, only their number is read out. */
const MOST_LOG_LINES = 20;

/**
 * Describes what changed in sentences for a screen reader: one line for each change, but none for figures that change all
 * the time.
 */
export function speechOf(before: State, after: State, pens: Pens): readonly string[] {
  return [
    ...connectionSpeech(before, after),
    ...(after.view === before.view ? [] : [viewText(after.view)]),
    ...(after.focus === before.focus || after.view !== before.view ? [] : [focusText(after)]),
    ...(after.overlay === before.overlay ? [] : overlaySpeech(after)),
    ...viewChangeSpeech(before, after),
    ...(after.overlay.kind === 'none' ? placeSpeech(before, after, pens) : []),
    ...readingSpeech(before, after),
    ...logSpeech(before, after),
    ...(after.message === before.message || after.message === null ? [] : [messageText(after.message)]),
  ];
}

function connectionSpeech(before: State, after: State): readonly string[] {
  if (before.connection.kind === after.connection.kind) return [];
  switch (after.connection.kind) {
    case 'connecting':
      return [];
    case 'live':
      return [`Connected: ${programsText(after.rows.length)}. Press question mark to list the keys.`];
    case 'down':
      return [`The engine is not responding: ${after.connection.reason}. Press u to start it.`];
  }
}

function programsText(count: number): string {
  return `${count} ${count === 1 ? 'program' : 'programs'}`;
}

function viewText(view: View): string {
  if (view.kind === 'program') return `Program ${view.id}. Press Escape to go back.`;
  return `Tab ${TABS.find(({ tab }) => tab === view.tab)?.title ?? view.tab}.`;
}

function focusText({ focus, list }: State): string {
  return focus === 'log' ? `Log of ${list.selectedId ?? 'no program'}.` : 'Table of programs.';
}

/** Describes the selected item if the selection or the item changed. */
function placeSpeech(before: State, after: State, pens: Pens): readonly string[] {
  const now = placeText(after, pens);
  return now === '' || now === placeText(before, pens) ? [] : [now];
}

function placeText(state: State, pens: Pens): string {
  const { view } = state;
  const tab = recordTabOf(view);
  if (tab !== null) {
    const table = RECORD_TABLES[tab](state, { ...pens, columns: 1000, height: 1 });
    const { selectedIndex } = state.records[tab];
    const text = table.row(selectedIndex).map((piece) => piece.text);
    return table.count === 0 ? table.empty : joined(`${text.join(' ')}, ${selectedIndex + 1} of ${table.count}`);
  }
  if (view.kind === 'program') return programText(state, view.id, pens);
  const listed = selectListedRows(state);
  const position = `${state.list.selectedIndex + 1} of ${listed.length}`;
  const { selectedId } = state.list;
  if (selectedId === null) return 'No programs.';
  const mark = state.list.marked.has(selectedId) ? ', marked' : '';
  return `${programText(state, selectedId, pens)}${mark}, ${position}`;
}

/** Describes a program without values that change every second. */
function programText(state: State, id: string, { glyphs }: Pens): string {
  const row = findRow(state, id);
  if (row === null) return `${id} no longer exists`;
  const member = memberAt(state.trees, id);
  if (member !== null) return processText(member);
  const status = statusText({ ...row, cooldownUntil: null, retryAt: null }, glyphs, state.nowMs).slice(2);
  return joined(`${row.name}, ${status}, ${row.restarts} ${row.restarts === 1 ? 'restart' : 'restarts'}, ${row.why}`);
}

function processText({ pid, name, command = name, memoryMb, isStopped = false }: TreeMember): string {
  return `${command}, pid ${String(pid)}, ${memoryMb.toFixed(1)} MB${isStopped ? ', stopped' : ''}`;
}

function joined(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function overlaySpeech(state: State): readonly string[] {
  const { overlay } = state;
  switch (overlay.kind) {
    case 'none':
      return [];
    case 'help':
      return helpSpeech(state);
    case 'prompt':
      return [`${overlay.purpose}: ${overlay.field.text}`];
    case 'palette':
      return [paletteText(state, overlay)];
    case 'sort':
      return ['Sort by: c CPU, m memory, n name, u uptime, s status, r restarts, o engine order.'];
    case 'hold':
      return ['Pause healing: 1 for 30 minutes, 2 for 2 hours, 3 for 1 day, 0 until resumed.'];
    case 'confirm': {
      const { operation, targets } = overlay.question;
      const names = targets.map(({ name }) => name).join(', ');
      return [`${wordsOf(operation).verb} ${names}? y for yes, n for no.`];
    }
    case 'confirmClean':
      return [`Clean up ${overlay.count} ${overlay.count === 1 ? 'zombie' : 'zombies'}? y for yes, n for no.`];
    case 'signal':
      return [signalText(overlay)];
    case 'form':
      return [fieldText(overlay.form)];
  }
}

function signalText({ target, signal }: Extract<Overlay, { kind: 'signal' }>): string {
  const process = `${target.command}, pid ${String(target.pid)}`;
  if (signal !== null) return `Send ${signal} to ${process}? y for yes, n for no.`;
  const choices = SIGNALS.map(([name], index) => `${String(index + 1)} ${name}`).join(', ');
  return `Signal for ${process}: ${choices}.`;
}

function paletteText(state: State, { field, chosen }: Extract<Overlay, { kind: 'palette' }>): string {
  const completions = completionsOf(state, field.text);
  const choice = completions[chosen];
  if (choice !== undefined) return `${choice.text} ${choice.help}`;
  return `Command: ${field.text}, ${completions.length} ${completions.length === 1 ? 'match' : 'matches'}`;
}

function fieldText(form: Form): string {
  const state = focusedField(form);
  if (form.isSent || state === null) return 'Applying.';
  const { label, hint, choices } = fieldNamed(state.key);
  const possible = choices === undefined ? hint : `one of ${choices.join(', ')}`;
  return `${label}: ${state.field.text === '' ? 'empty' : state.field.text}. ${state.problem ?? form.problem ?? possible}.`;
}

function logSpeech(before: State, after: State): readonly string[] {
  const { log } = after;
  if (after.view.kind !== 'program' || !log.isFollowing || log.lines === before.log.lines) return [];
  const fresh = log.lines.filter(({ number }) => before.log.ids !== log.ids || number >= before.log.nextNumber);
  const read = fresh.slice(-MOST_LOG_LINES).map(({ stream, text }) => (stream === 'stderr' ? `Error: ${text}` : text));
  const left = fresh.length - read.length;
  return left > 0 ? [`${left} earlier ${left === 1 ? 'line' : 'lines'} skipped.`, ...read] : read;
}

function messageText({ text, command }: Message): string {
  return command === null ? text : `${text}. Equivalent command: ${command}`;
}
