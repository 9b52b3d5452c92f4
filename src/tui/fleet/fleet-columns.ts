import { badPrograms } from '../../fleet/contract/fleet-host.ts';
import { attentionText } from '../../fleet/contract/host-text.ts';
import { LATE_AFTER_MS } from '../../fleet/contract/presence.ts';
import type { WatchedHost } from '../../fleet/contract/watched-host.ts';
import type { Tone } from '../style/theme.ts';
import { coarseDuration } from '../text/figures.ts';
import { ageOf } from './fleet-model.ts';

/** A column of the table of hosts. */
export interface HostColumn {
  readonly title: string;
  readonly width: number;
  /** Columns with the lowest numbers are shown where not all fit. */
  readonly priority: number;
  readonly align: 'left' | 'right';
  readonly cell: (host: WatchedHost, nowMs: number, isStale: boolean) => { readonly text: string; readonly tone: Tone };
}

/** The columns from left to right; the last one that is shown takes the remaining room. */
const COLUMNS: readonly HostColumn[] = [
  column('HOST', 16, 1, 'left', ({ host, presence }) => ({ text: host, tone: isThere(presence) ? 'strong' : 'muted' })),
  column('SITE', 7, 8, 'left', ({ site }) => ({ text: site, tone: 'muted' })),
  column('UP', 7, 10, 'right', (host, nowMs) => ({ text: uptime(host, nowMs), tone: 'muted' })),
  column('PROG', 5, 3, 'right', ({ row, presence }) => ({
    text: row === null ? '-' : String(row.programs),
    tone: isThere(presence) ? 'plain' : 'muted',
  })),
  column('BAD', 4, 2, 'right', badCell),
  column('CPU%', 4, 6, 'right', (host) => percent(host, host.row?.cpuPercent)),
  column('MEM%', 4, 7, 'right', (host) => percent(host, host.row?.memoryPercent)),
  column('VER', 8, 9, 'left', ({ row, facts }) => ({ text: row?.version ?? facts?.version ?? '-', tone: 'muted' })),
  column('SEEN', 7, 4, 'right', (host, _nowMs, isStale) => seenCell(host, isStale)),
  column('ATTENTION', 16, 5, 'left', (host) => ({
    text: attentionText({ ...host, ageMs: ageOf(host) }),
    tone: host.presence === 'lost' ? 'bad' : host.presence === 'live' || host.presence === 'late' ? 'busy' : 'muted',
  })),
];
/** On wide screens. */
const LABELS = column('LABELS', 40, 11, 'left', ({ labels }) => ({
  text: Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' '),
  tone: 'muted',
}));
const WIDE_FROM_COLUMNS = 160;

function column(
  title: string,
  width: number,
  priority: number,
  align: HostColumn['align'],
  cell: HostColumn['cell'],
): HostColumn {
  return { title, width, priority, align, cell };
}

/** Returns the columns that fit, with their widths; the last one takes the remaining room. */
export function hostColumnsFor(room: number): readonly { readonly column: HostColumn; readonly width: number }[] {
  const wanted = room >= WIDE_FROM_COLUMNS ? [...COLUMNS.slice(0, -1), LABELS, ...COLUMNS.slice(-1)] : COLUMNS;
  let left = room;
  const fitted = new Set<HostColumn>();
  for (const each of wanted.toSorted((one, other) => one.priority - other.priority)) {
    if (each.width + 1 > left) break;
    fitted.add(each);
    left -= each.width + 1;
  }
  const shown = wanted.filter((each) => fitted.has(each));
  return shown.map((each, index) => ({ column: each, width: each.width + (index === shown.length - 1 ? left : 0) }));
}

function isThere(presence: WatchedHost['presence']): boolean {
  return presence === 'live' || presence === 'late';
}

/** Hub time is close to the time of this machine; whole minutes are shown. */
function uptime({ facts, presence }: WatchedHost, nowMs: number): string {
  const bootedAt = facts?.bootedAt ?? null;
  return bootedAt === null || !isThere(presence) ? '-' : coarseDuration(Math.max(0, nowMs - bootedAt));
}

function badCell(host: WatchedHost): { text: string; tone: Tone } {
  if (host.row === null) return { text: '-', tone: 'muted' };
  const bad = badPrograms(host);
  if (bad === null) return { text: '?', tone: 'muted' };
  return { text: String(bad), tone: bad > 0 ? 'bad' : 'plain' };
}

const HIGH_PERCENT = 90;

function percent({ presence }: WatchedHost, value: number | null | undefined): { text: string; tone: Tone } {
  if (value === null || value === undefined || !isThere(presence)) return { text: '-', tone: 'muted' };
  return { text: String(Math.round(value)), tone: value >= HIGH_PERCENT ? 'bad' : 'plain' };
}

/** The age of a host that is live is known only while the hub is away: then, no row changes it. */
function seenCell(host: WatchedHost, isStale: boolean): { text: string; tone: Tone } {
  const age = ageOf(host);
  const isNow = host.presence === 'live' && (!isStale || (age ?? 0) < LATE_AFTER_MS);
  const text = age === null ? 'never' : isNow ? 'now' : coarseDuration(age);
  return { text, tone: host.presence === 'lost' ? 'bad' : host.presence === 'late' ? 'busy' : 'muted' };
}
