import { type CommandName, type KeyContext, type KeyGroup, KEYMAP } from '../keys/key-bindings.ts';
import { boundKeys, contextOf, keyLabels } from '../keys/keymap.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import { isOnProcess } from '../state/process-rows.ts';
import type { State } from '../state/state.ts';

/** A key in the footer. */
export interface Hint {
  readonly key: string;
  readonly label: string;
  readonly command: CommandName;
  /** Whether a separator stands in front of it, because it belongs to another group than the one before. */
  readonly beginsGroup: boolean;
}

interface Candidate extends Omit<Hint, 'beginsGroup'> {
  readonly priority: number;
  readonly group: KeyGroup | 'Urgent';
}

/** Keys that end something are far from those that change a program. */
const GROUP_ORDER: readonly Candidate['group'][] = [
  'Urgent',
  'Program',
  'List',
  'Log',
  'Charts',
  'Move',
  'Dialog',
  'View',
];
/** A bar and a space. */
const SEPARATOR_WIDTH = 2;

/** Returns how many columns a key with its label takes: a space in front, between them, and behind. */
function hintWidth({ key, label }: Pick<Hint, 'key' | 'label'>): number {
  return key.length + label.length + 3;
}

/** Returns the most useful keys of a context, as many as fit, ordered by group. */
export function footerHints(context: KeyContext, columns: number, urgent: CommandName | null): readonly Hint[] {
  return hintsFor(context, columns, urgent, boundKeys());
}

/** The footer is drawn with each frame, but seldom changes. */
const hintsFor = memoizeLast(findHints);

function findHints(
  context: KeyContext,
  columns: number,
  urgent: CommandName | null,
  bound: ReturnType<typeof boundKeys>,
): readonly Hint[] {
  const taken: Candidate[] = [];
  let left = columns + SEPARATOR_WIDTH;
  for (const hint of candidates(context, urgent, bound)) {
    const isNewGroup = taken.every(({ group }) => group !== hint.group);
    const width = hintWidth(hint) + (isNewGroup ? SEPARATOR_WIDTH : 0);
    if (width > left) break;
    taken.push(hint);
    left -= width;
  }
  const ordered = taken.toSorted((a, b) => GROUP_ORDER.indexOf(a.group) - GROUP_ORDER.indexOf(b.group));
  return ordered.map(({ key, label, command, group }, index) => ({
    key,
    label,
    command,
    beginsGroup: index > 0 && ordered[index - 1]?.group !== group,
  }));
}

/** Returns the command of the key at a column of the footer; null if there is none. */
export function hintAt(state: State, at: number): CommandName | null {
  let end = 0;
  for (const hint of footerHints(contextOf(state), state.size.columns, urgentCommand(state))) {
    const start = end + (hint.beginsGroup ? SEPARATOR_WIDTH : 0);
    end = start + hintWidth(hint);
    if (at >= start && at < end) return hint.command;
  }
  return null;
}

/** Returns the command that is most likely needed now; its key is shown first. */
export function urgentCommand(state: State): CommandName | null {
  const { connection, view } = state;
  if (connection.kind === 'down') return connection.isAbsent && !connection.isStarting ? 'startEngine' : null;
  if (isOnProcess(state)) return 'signal';
  return view.kind === 'tab' && view.tab === 'cooldown' ? 'endCooldown' : null;
}

/** A key that was given to another command here is not shown. */
function candidates(
  context: KeyContext,
  urgent: CommandName | null,
  bound: ReturnType<typeof boundKeys>,
): readonly Candidate[] {
  return KEYMAP.flatMap(({ keys, command, help, hint, group, in: contexts }): Candidate[] => {
    const [key] = keyLabels(keys);
    if (key === undefined || !contexts.includes(context)) return [];
    if (bound.get(`${context} ${keys[0] ?? ''}`) !== command) return [];
    if (command === urgent) return [{ key, label: hint?.[0] ?? help, command, priority: 0, group: 'Urgent' }];
    return hint === undefined ? [] : [{ key, label: hint[0], command, priority: hint[1], group }];
  }).toSorted((a, b) => a.priority - b.priority);
}
