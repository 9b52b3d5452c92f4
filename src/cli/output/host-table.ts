import { badPrograms, isHealthyHost, type FleetHost } from '../../fleet/contract/fleet-host.ts';
import { attentionText, seenText } from '../../fleet/contract/host-text.ts';
import { type Column, layoutTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const NONE = '-';

/** Returns the table of `healer fleet ls`, cut to the width of the terminal. */
export function hostTable(terminal: Terminal, hosts: readonly FleetHost[]): readonly string[] {
  const { columns, ellipsis, style } = terminal;
  return layoutTable(hostColumns(terminal), hosts, { columns, ellipsis, paintTitle: style.faint });
}

function hostColumns({ style }: Terminal): Column<FleetHost>[] {
  return [
    { title: 'HOST', cell: ({ host }) => host, dropOrder: 0, minWidth: 16, paint: (_host, cell) => style.strong(cell) },
    { title: 'SITE', cell: ({ site }) => site, dropOrder: 4 },
    { title: 'STATE', cell: stateOf, dropOrder: 0, paint: paintState },
    { title: 'SEEN', cell: seenText, align: 'right', dropOrder: 1 },
    { title: 'PROGRAMS', cell: ({ row }) => numberOf(row?.programs), align: 'right', dropOrder: 2 },
    { title: 'BAD', cell: badOf, align: 'right', dropOrder: 1, paint: paintBad },
    { title: 'CPU %', cell: ({ row }) => figureOf(row?.cpuPercent), align: 'right', dropOrder: 6 },
    { title: 'MEM %', cell: ({ row }) => figureOf(row?.memoryPercent), align: 'right', dropOrder: 7 },
    { title: 'VERSION', cell: ({ row, facts }) => row?.version ?? facts?.version ?? NONE, dropOrder: 5 },
    { title: 'LABELS', cell: labelsOf, dropOrder: 8, minWidth: 10 },
    {
      title: 'ATTENTION',
      cell: attentionText,
      dropOrder: 3,
      minWidth: 16,
      paint: (_host, cell) => style.warning(cell),
    },
  ];

  function paintState(host: FleetHost, cell: string): string {
    if (host.presence === 'lost' || host.presence === 'late') return style.bad(cell);
    if (host.presence !== 'live') return style.faint(cell);
    return isHealthyHost(host) ? style.good(cell) : style.warning(cell);
  }

  function paintBad(host: FleetHost, cell: string): string {
    return badPrograms(host) === 0 ? cell : style.bad(cell);
  }
}

/** Capitals draw the eye to hosts that are not there. */
function stateOf({ presence, row }: FleetHost): string {
  if (presence === 'lost') return 'LOST';
  return presence === 'live' && row?.engine === 'away' ? 'live, no engine' : presence;
}

function badOf(host: FleetHost): string {
  if (host.row === null) return NONE;
  const bad = badPrograms(host);
  return bad === null ? '?' : String(bad);
}

function labelsOf({ labels }: FleetHost): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

function numberOf(value: number | undefined): string {
  return value === undefined ? NONE : String(value);
}

function figureOf(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : value.toFixed(0);
}
