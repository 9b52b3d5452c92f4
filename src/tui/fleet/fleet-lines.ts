import { isDownAfterFailure } from '../../protocol/process-phase.ts';
import { PROCESS_STATES } from '../../protocol/process-state.ts';
import { keyLabel } from '../keys/keymap.ts';
import { FLEET_LABEL, TABS } from '../layout/tabs.ts';
import { fieldSpans } from '../lines/field-spans.ts';
import { type Pens, type Scene, type Span, span } from '../style/scene.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { fitInOrder } from '../text/fit-in-order.ts';
import { fitText, widthOfText } from '../text/narrow-text.ts';
import { line, selectedLine, twoParts, twoSided } from '../text/line.ts';
import type { WatchedHost } from '../../fleet/contract/watched-host.ts';
import { hostColumnsFor } from './fleet-columns.ts';
import { FLEET_KEYS } from './fleet-keys.ts';
import { FRAME_ROWS, type FleetModel, type HubState } from './fleet-model.ts';

/** The cursor and the mark in front of each host. */
const GUTTER = 2;

/** Returns the whole screen, one string for each row. Only the visible hosts are looked at. */
export function fleetFrame(model: FleetModel, pens: Pens, nowMs: number): readonly string[] {
  const { columns, rows } = model.size;
  if (columns < TUI_LIMITS.smallestColumns || rows < TUI_LIMITS.smallestRows) {
    return Array.from({ length: rows }, (_, index) => (index === 0 ? 'terminal too small'.slice(0, columns) : ''));
  }
  const scene = { ...pens, columns, height: rows };
  const body = model.helpShown ? helpLines(scene) : hostLines(model, scene, nowMs);
  const height = rows - FRAME_ROWS + 1;
  const filled = Array.from({ length: height }, (_, index) => body[index] ?? '');
  return [headerLine(model, scene), tabLine(model, scene), ...filled, messageLine(model, scene), keyLine(scene)];
}

function headerLine({ list, hub, hubName }: FleetModel, scene: Scene): string {
  const { presences, programs, states } = list.tally;
  const left = [
    span(' healer fleet', 'strong'),
    span(`  ${list.size} ${list.size === 1 ? 'host' : 'hosts'}`, 'strong'),
    ...count(presences.live, 'live', 'good'),
    ...count(presences.late, 'late', 'busy'),
    ...count(presences.lost, 'LOST', 'bad'),
    ...count(presences.left, 'left', 'muted'),
    ...count(presences.never, 'not joined', 'muted'),
    span(`  ${programs} ${programs === 1 ? 'program' : 'programs'}`, 'strong'),
    ...PROCESS_STATES.flatMap((state) =>
      count(states[state], state, isDownAfterFailure(state) ? 'bad' : state === 'running' ? 'good' : 'muted'),
    ),
  ];
  return twoSided(scene, left, hubSpans(hub, hubName));
}

function count(value: number, name: string, tone: Span['tone']): readonly Span[] {
  return value === 0 ? [] : [span(` ${value} ${name}`, tone)];
}

function hubSpans(hub: HubState, name: string): readonly Span[] {
  if (hub.is === 'connecting') return [span('connecting to the hub', 'muted')];
  if (hub.is === 'refused') return [span('no connection to the hub', 'bad')];
  if (hub.bus.is === 'away') {
    const seconds = Math.round((performance.now() - hub.bus.since) / 1000);
    return [span(`hub ${name} away for ${seconds} s`, 'bad')];
  }
  return [span(`hub ${name}${hub.roundTripMs === null ? '' : ` ${Math.round(hub.roundTripMs)} ms`}`, 'muted')];
}

function tabLine(model: FleetModel, scene: Scene): string {
  const tabs = TABS.map(({ key, title }) => ` ${key} ${title} `);
  const width = tabs.reduce((sum, text) => sum + text.length + 1, 0);
  const labels =
    width + FLEET_LABEL.length + 1 + widthOfText(narrowing(model)) <= scene.columns
      ? tabs
      : TABS.map(({ key }) => ` ${key} `);
  const spans = [...labels.flatMap((text) => [span(' '), span(text)]), span(' '), span(FLEET_LABEL, 'selected')];
  return twoParts(scene, spans, [span(narrowing(model), 'info')]);
}

function narrowing({ filter, onlyBad, marked, list }: FleetModel): string {
  const parts = [
    filter === '' ? '' : `filter: ${filter}`,
    onlyBad ? 'only bad' : '',
    marked.size === 0 ? '' : `${marked.size} marked`,
  ].filter((part) => part !== '');
  const isNarrowed = filter !== '' || onlyBad;
  return parts.length === 0 ? '' : ` ${parts.join(', ')}${isNarrowed ? ` (${list.shownCount} of ${list.size})` : ''} `;
}

function hostLines(model: FleetModel, scene: Scene, nowMs: number): readonly string[] {
  const fitted = hostColumnsFor(scene.columns - GUTTER);
  const { ellipsis } = scene.glyphs;
  const heading = fitted.map(({ column, width }) =>
    span(`${fitText(column.title, width, ellipsis, column.align)} `, 'strong'),
  );
  const shown = model.list.slice(model.top, model.top + model.pageRows);
  const isStale = model.hub.is !== 'open' || model.hub.bus.is === 'away';
  const rows = shown.map((host, index) => {
    const isSelected = model.top + index === model.selectedIndex;
    return hostLine(host, { fitted, scene, nowMs, isSelected, isStale, isMarked: model.marked.has(host.key) });
  });
  if (rows.length === 0) rows.push('', line(scene, [span(`  ${emptyText(model)}`, 'muted')]));
  return [line(scene, [span(' '.repeat(GUTTER)), ...heading]), ...rows];
}

interface HostLine {
  readonly fitted: ReturnType<typeof hostColumnsFor>;
  readonly scene: Scene;
  readonly nowMs: number;
  readonly isSelected: boolean;
  readonly isMarked: boolean;
  readonly isStale: boolean;
}

/** The line of a host as it was last drawn. Most hosts look the same from second to second. */
interface DrawnHost {
  readonly theme: Scene['theme'];
  readonly columns: number;
  readonly contents: string;
  readonly line: string;
}

const DRAWN = new WeakMap<WatchedHost, DrawnHost>();

function hostLine(host: WatchedHost, row: HostLine): string {
  const { fitted, scene, nowMs, isSelected, isMarked, isStale } = row;
  const { theme, columns } = scene;
  const cells = fitted.map(({ column }) => column.cell(host, nowMs, isStale));
  const state = `${String(isSelected)} ${String(isMarked)} ${String(isStale)}`;
  const contents = cells.reduce((joined, { text, tone }) => `${joined}\n${text}\n${tone}`, state);
  const drawn = DRAWN.get(host);
  if (drawn?.contents === contents && drawn.theme === theme && drawn.columns === columns) return drawn.line;
  const drawnNow = { theme, columns, contents, line: drawHost(cells, row) };
  DRAWN.set(host, drawnNow);
  return drawnNow.line;
}

type Cells = readonly ReturnType<HostLine['fitted'][number]['column']['cell']>[];

function drawHost(cells: Cells, { fitted, scene, isSelected, isMarked, isStale }: HostLine): string {
  const { glyphs } = scene;
  const spans = fitted.map(({ column, width }, index) => {
    const { text = '', tone = 'plain' } = cells[index] ?? {};
    return span(`${fitText(text, width, glyphs.ellipsis, column.align)} `, isStale ? 'muted' : tone);
  });
  const marks = [span(isSelected ? glyphs.cursor : ' '), span(isMarked ? glyphs.mark : ' ', 'info')];
  return isSelected ? selectedLine(scene, [...marks, ...spans]) : line(scene, [...marks, ...spans]);
}

function emptyText({ hub, list, isRead, problems }: FleetModel): string {
  if (hub.is === 'refused') return hub.reason;
  if (!isRead) return problems[0] ?? 'reading the hosts of the fleet ...';
  if (list.size === 0) return 'no hosts yet; "healer fleet invite HOST" invites one';
  return 'no host matches; press Esc to show all';
}

function messageLine({ prompt, message, problems }: FleetModel, scene: Scene): string {
  if (prompt !== null) {
    const note = message === null ? [] : [span(`  ${message.text}`, message.tone === 'bad' ? 'bad' : 'muted')];
    return line(scene, [span(' filter: ', 'strong'), ...fieldSpans(prompt), ...note]);
  }
  if (message !== null) return line(scene, [span(` ${message.text}`, message.tone === 'bad' ? 'bad' : 'plain')]);
  const [problem] = problems;
  return line(scene, problem === undefined ? [] : [span(` ${problem}`, 'busy')]);
}

function keyLine(scene: Scene): string {
  const hints = FLEET_KEYS.flatMap(({ keys, hint }) =>
    hint === undefined ? [] : [{ key: keyLabel(keys[0] ?? ''), label: hint[0], priority: hint[1] }],
  ).toSorted((one, other) => one.priority - other.priority);
  const fitted = fitInOrder(hints, scene.columns, ({ key, label }) => key.length + label.length + 3);
  const spans = [...fitted.keys()].flatMap(({ key, label }) => [span(' '), span(key, 'strong'), span(` ${label} `)]);
  return line(scene, spans);
}

function helpLines(scene: Scene): readonly string[] {
  const rows = FLEET_KEYS.map(({ keys, help }) =>
    line(scene, [span(`  ${keys.map(keyLabel).join(' ').padEnd(20)}`, 'strong'), span(help)]),
  );
  return [line(scene, [span(' Keys of the list of hosts', 'strong')]), ...rows];
}
