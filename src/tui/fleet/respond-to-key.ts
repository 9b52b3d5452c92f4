import type { WatchedHost } from '../../fleet/contract/watched-host.ts';
import { commandFor } from '../keys/keymap.ts';
import type { TabName } from '../state/state.ts';
import { TEXT_EDITS, type TextEditName } from '../state/text-field.ts';
import type { KeyPress } from '../terminal/key-decoder.ts';
import { type FleetCommand, fleetCommandFor } from './fleet-keys.ts';
import { FIRST_ROW, type FleetModel } from './fleet-model.ts';

/** What a key causes outside the list. */
export type FleetEffect =
  | { readonly kind: 'none' | 'local' | 'repaint' | 'suspend' | 'quit' | 'interrupt' }
  | { readonly kind: 'open'; readonly host: WatchedHost; readonly tab: TabName }
  | { readonly kind: 'copy'; readonly text: string };

const NONE: FleetEffect = { kind: 'none' };

/** Handles a key or a click. */
export function respondToFleetKey(model: FleetModel, key: KeyPress): FleetEffect {
  if (key.name === 'ctrl-c') return { kind: 'interrupt' };
  if (model.prompt !== null) return typeInPrompt(model, key);
  model.message = null;
  if (key.name === 'click' && key.at !== undefined) return click(model, key.at.row);
  const command = fleetCommandFor(key.name);
  return command === null ? NONE : perform(model, command);
}

function perform(model: FleetModel, command: FleetCommand): FleetEffect {
  switch (command) {
    case 'open':
      return open(model);
    case 'events':
      return open(model, 'events');
    case 'copy':
      return { kind: 'copy', text: model.selectorText() };
    case 'back':
      return model.back() ? NONE : { kind: 'local' };
    case 'local':
    case 'repaint':
    case 'suspend':
    case 'quit':
    case 'interrupt':
      return { kind: command };
    case 'help':
      model.helpShown = !model.helpShown;
      return NONE;
    case 'filter':
      model.openPrompt();
      return NONE;
    case 'onlyBad':
      model.toggleBad();
      return NONE;
    case 'mark':
      model.mark();
      return NONE;
    case 'down':
    case 'up':
    case 'pageDown':
    case 'pageUp':
    case 'first':
    case 'last':
      model.move(stepOf(model, command));
      return NONE;
  }
}

type Step = 'down' | 'up' | 'pageDown' | 'pageUp' | 'first' | 'last';

function stepOf(model: FleetModel, command: Step): number {
  const steps: Readonly<Record<Step, number>> = {
    down: 1,
    up: -1,
    pageDown: model.pageRows,
    pageUp: -model.pageRows,
    first: -model.list.shownCount,
    last: model.list.shownCount,
  };
  return steps[command];
}

/** A host that is away has no programs to show. */
function open(model: FleetModel, tab: TabName = 'processes'): FleetEffect {
  const host = model.selected;
  if (host === null) return NONE;
  if (host.presence === 'live' || host.presence === 'late') return { kind: 'open', host, tab };
  const reason =
    host.presence === 'never'
      ? 'has not joined, or its engine has not run since'
      : host.presence === 'left'
        ? 'has left'
        : 'is lost';
  model.message = { text: `"${host.host}" ${reason}; it can be opened once it is back`, tone: 'bad' };
  return NONE;
}

function click(model: FleetModel, row: number): FleetEffect {
  const index = model.top + row - FIRST_ROW;
  if (row < FIRST_ROW || row >= FIRST_ROW + model.pageRows || index >= model.list.shownCount) return NONE;
  if (index === model.selectedIndex && model.selectedKey !== null) return open(model);
  model.select(index);
  return NONE;
}

function typeInPrompt(model: FleetModel, key: KeyPress): FleetEffect {
  const command = commandFor('typing', key);
  if (command === 'acceptText') model.closePrompt();
  else if (command === 'cancelText') {
    model.setFilter('');
    model.closePrompt();
  } else if (command !== null && isEdit(command)) model.edit(command, key.text);
  return NONE;
}

function isEdit(command: string): command is TextEditName {
  return Object.hasOwn(TEXT_EDITS, command);
}
