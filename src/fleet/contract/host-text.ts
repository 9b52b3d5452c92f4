import { formatDuration } from '../../base/duration.ts';
import { PROCESS_STATES } from '../../protocol/process-state.ts';
import { badPrograms, type FleetHost } from './fleet-host.ts';
import { LATE_AFTER_MS } from './presence.ts';
import type { FleetRow, StateCounts, WorstProgram } from './row.ts';

/** Returns when a host was last heard: `now` while it is live, otherwise how long ago. While the hub is away, a live host becomes old. */
export function seenText({ presence, ageMs }: Pick<FleetHost, 'presence' | 'ageMs'>): string {
  if (ageMs === null) return 'never';
  return presence === 'live' && ageMs < LATE_AFTER_MS ? 'now' : formatDuration(ageMs);
}

/** Returns what needs attention on a host, the most important first; empty if everything is as it should be. */
export function attentionText(host: FleetHost): string {
  const { presence, row, problem, fencedAt } = host;
  if (fencedAt !== null) return 'its credential was revoked';
  if (presence === 'never') return 'has not joined, or its engine has not run since';
  if (row === null) return problem ?? 'sends no rows';
  if (presence === 'left') return `left${was(row)}`;
  if (presence === 'lost') return `lost${was(row)}`;
  const parts = [
    presence === 'late' ? 'late' : null,
    problem,
    row.collision ? 'another machine uses its credential' : null,
    row.engine === 'away' ? `no engine${was(row)}` : null,
    ...row.worst.map((worst) => worstText(worst, row, host.ageMs ?? 0)),
    moreText(host, row),
    skewText(row),
    row.degraded > 0 ? `${row.degraded} degraded` : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** Returns the counts of programs by state: `97 running, 2 failed`. */
function countsText(counts: StateCounts): string {
  return PROCESS_STATES.flatMap((state) => (counts[state] === undefined ? [] : [`${counts[state]} ${state}`])).join(
    ', ',
  );
}

function was({ counts }: FleetRow): string {
  const text = countsText(counts);
  return text === '' ? '' : ` (was: ${text})`;
}

/** The time left is counted from when the row was written, so it needs no clock of the host. */
function worstText({ id, state, unhealthy, until }: WorstProgram, { at }: FleetRow, ageMs: number): string {
  if (unhealthy) return `${id} unhealthy`;
  const leftMs = until === null ? 0 : until - at - ageMs;
  return leftMs > 0 ? `${id} ${state} ${formatDuration(leftMs)}` : `${id} ${state}`;
}

function moreText(host: FleetHost, { worst }: FleetRow): string | null {
  const more = (badPrograms(host) ?? 0) - worst.length;
  return more > 0 && worst.length > 0 ? `and ${more} more` : null;
}

function skewText({ skewMs }: FleetRow): string | null {
  if (skewMs === null) return null;
  return `clock ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`;
}
