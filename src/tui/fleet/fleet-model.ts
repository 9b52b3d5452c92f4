import { isGlob } from '../../base/glob.ts';
import { parseHostSelector, type HostSelector } from '../../fleet/contract/host-selector.ts';
import { matchesSelector } from '../../fleet/contract/select-hosts.ts';
import type { BusState, FleetChange, WatchedHost } from '../../fleet/contract/watched-host.ts';
import { TEXT_EDITS, textField, type TextEditName, type TextField } from '../state/text-field.ts';
import type { Size } from '../terminal/screen.ts';
import { HostList, needsAttention } from './host-list.ts';

/** The connection to the hub as it is shown. */
export type HubState =
  | { readonly is: 'connecting' }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'open'; readonly bus: BusState; readonly roundTripMs: number | null };

interface FleetMessage {
  readonly text: string;
  readonly tone: 'info' | 'bad';
}

/** Rows that are not hosts: header, tabs, heading, message, keys. */
export const FRAME_ROWS = 5;
/** The row of the first host, counted from 0. */
export const FIRST_ROW = 3;

/** What the screen of hosts shows. It outlives the screen, so that returning from a host finds everything as it was. */
export class FleetModel {
  readonly list = new HostList();
  readonly marked = new Set<string>();
  size: Size = { columns: 80, rows: 24 };
  hub: HubState = { is: 'connecting' };
  hubName = '';
  filter = '';
  onlyBad = false;
  prompt: TextField | null = null;
  message: FleetMessage | null = null;
  helpShown = false;
  isRead = false;
  problems: readonly string[] = [];
  top = 0;
  selectedIndex = 0;
  selectedKey: string | null = null;
  #selector: HostSelector = [];

  get selected(): WatchedHost | null {
    return this.list.at(this.selectedIndex);
  }

  get pageRows(): number {
    return Math.max(1, this.size.rows - FRAME_ROWS);
  }

  /** Takes a report of the watch. The selection follows its host, unless nothing was selected by hand yet. */
  take(change: FleetChange): void {
    this.isRead ||= change.bus.is === 'connected';
    this.problems = change.problems;
    this.hub = { is: 'open', bus: change.bus, roundTripMs: this.hub.is === 'open' ? this.hub.roundTripMs : null };
    this.list.take(change.hosts, change.removed);
    for (const key of change.removed) this.marked.delete(key);
    this.#settle();
  }

  resize(size: Size): void {
    this.size = size;
    this.#settle();
  }

  move(by: number): void {
    this.select(this.selectedIndex + by);
  }

  select(index: number): void {
    this.selectedIndex = Math.max(0, Math.min(index, this.list.shownCount - 1));
    this.selectedKey = this.selected?.key ?? null;
    this.#scroll();
  }

  mark(): void {
    const { selected } = this;
    if (selected === null) return;
    if (!this.marked.delete(selected.key)) this.marked.add(selected.key);
    this.move(1);
  }

  toggleBad(): void {
    this.onlyBad = !this.onlyBad;
    this.#narrow();
  }

  openPrompt(): void {
    this.prompt = textField(this.filter);
  }

  edit(name: TextEditName, text: string): void {
    if (this.prompt === null) return;
    this.prompt = TEXT_EDITS[name](this.prompt, text);
    this.setFilter(this.prompt.text);
  }

  /** Filters the hosts; while a selector is typed, an incomplete one changes nothing. */
  setFilter(text: string): void {
    const parsed = parseHostSelector(text);
    this.message = 'problem' in parsed ? { text: parsed.problem, tone: 'bad' } : null;
    if ('problem' in parsed) return;
    this.filter = text.trim();
    this.#selector = parsed.selector.map(anywhereInName);
    this.#narrow();
  }

  closePrompt(): void {
    this.prompt = null;
    this.message = null;
  }

  /** Closes the help, else removes the marks, else the filters. Returns false if there is nothing to undo. */
  back(): boolean {
    if (this.helpShown) this.helpShown = false;
    else if (this.marked.size > 0) this.marked.clear();
    else if (this.filter !== '' || this.onlyBad) {
      this.onlyBad = false;
      this.setFilter('');
    } else return false;
    return true;
  }

  /** Returns the names of the marked hosts, or of the selected one, as a selector. */
  selectorText(): string {
    const hosts = [...this.marked].flatMap((key) => this.list.find(key) ?? []);
    const chosen = hosts.length > 0 ? hosts : this.selected === null ? [] : [this.selected];
    return chosen.map(({ host }) => host).join(' ');
  }

  /** Filters again if the filter depends on how long ago hosts were heard. */
  tick(): void {
    if (this.#selector.some(({ condition }) => condition.kind === 'figure' && condition.figure === 'age'))
      this.#narrow();
  }

  #narrow(): void {
    const [selector, onlyBad] = [this.#selector, this.onlyBad];
    const isShown = (host: WatchedHost): boolean =>
      matchesSelector(selector, { ...host, ageMs: ageOf(host) }) && (!onlyBad || needsAttention(host));
    this.list.show(selector.length === 0 && !onlyBad ? () => true : isShown);
    this.#settle();
  }

  /** Finds the selected host again; if it is gone, the one at its place is selected. */
  #settle(): void {
    const index = this.selectedKey === null ? -1 : this.list.indexOf(this.selectedKey);
    this.selectedIndex = Math.max(0, Math.min(index < 0 ? this.selectedIndex : index, this.list.shownCount - 1));
    // Until the user moves, the selection stays at the top, where the worst host is.
    if (index < 0 && this.selectedKey !== null) this.selectedKey = this.selected?.key ?? null;
    this.#scroll();
  }

  #scroll(): void {
    const rows = this.pageRows;
    const lowest = Math.max(0, this.list.shownCount - rows);
    this.top = Math.min(lowest, Math.max(this.selectedIndex - rows + 1, Math.min(this.top, this.selectedIndex)));
  }
}

/** A word without wildcards is found anywhere in a name. */
function anywhereInName(term: HostSelector[number]): HostSelector[number] {
  const { condition } = term;
  if (condition.kind !== 'name' || isGlob(condition.glob)) return term;
  return { ...term, condition: { kind: 'name', glob: `*${condition.glob}*` } };
}

/** Returns how long ago a host was heard, in ms. The watch uses the same clock. */
export function ageOf({ seenAt }: WatchedHost): number | null {
  return seenAt === null ? null : Math.max(0, performance.now() - seenAt);
}
