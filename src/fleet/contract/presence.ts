import type { FleetRow } from './row.ts';

/**
 * Whether a host is there, judged by when the server received its rows, never by the host's own clock:
 * - `live`: a row arrived less than 15 s ago
 * - `late`: less than 45 s ago
 * - `lost`: longer ago; nothing is known about what the host does now
 * - `left`: its agent left on purpose
 * - `never`: it was invited, and no row of it is known
 */
export type Presence = 'live' | 'late' | 'lost' | 'left' | 'never';

/** A host that is silent for longer is late. */
export const LATE_AFTER_MS = 15_000;
const LOST_AFTER_MS = 45_000;

/**
 * What is remembered about the rows of a host. Times are in ms on one time line that neither jumps nor goes back, such as
 * the monotonic clock of the observer.
 */
export interface PresenceTrack {
  /** When the last row arrived. */
  readonly seenAt: number;
  readonly epoch: string;
  readonly seq: number;
  /** The presence that the host had when the last row arrived, and keeps until it has sent two rows in time. */
  readonly standing: 'live' | 'late' | 'lost' | 'left';
}

/** The part of a row on which presence depends. */
export type Sign = Pick<FleetRow, 'epoch' | 'seq' | 'bye'>;

/** Returns whether a row is newer than the last one. A repeated or overtaken row is no sign of life. */
function isNewer(track: PresenceTrack, { epoch, seq }: Pick<Sign, 'epoch' | 'seq'>): boolean {
  return epoch !== track.epoch || seq > track.seq;
}

/**
 * Notes a row. A host that was late or lost is live again with its second row in time, so that a host which is heard only
 * now and then does not flicker. After a farewell, the first row of another epoch is enough, because an agent was started.
 * @param receivedAt when the server received it; a time in the future counts as now
 */
export function noteRow(track: PresenceTrack | null, row: Sign, receivedAt: number, now: number): PresenceTrack {
  if (track !== null && !isNewer(track, row)) return track;
  const seenAt = Math.min(receivedAt, now);
  return { seenAt, epoch: row.epoch, seq: row.seq, standing: standingAfter(track, row, seenAt) };
}

function standingAfter(track: PresenceTrack | null, row: Sign, seenAt: number): PresenceTrack['standing'] {
  if (row.bye) return 'left';
  if (track === null) return 'live';
  if (track.standing === 'left') return row.epoch === track.epoch ? 'late' : 'live';
  const gap = seenAt - track.seenAt;
  // The second row in time: the row before it ended the silence.
  if (gap < LATE_AFTER_MS) return 'live';
  return worse(track.standing, byAge(gap));
}

/** Returns the presence of a host at a time. */
export function presenceAt(track: PresenceTrack | null, now: number): Presence {
  if (track === null) return 'never';
  return track.standing === 'left' ? 'left' : worse(track.standing, byAge(now - track.seenAt));
}

/** Returns when the presence changes next if no row arrives; null if it does not. */
export function nextChangeAt(track: PresenceTrack, now: number): number | null {
  const presence = presenceAt(track, now);
  if (presence === 'live') return track.seenAt + LATE_AFTER_MS;
  return presence === 'late' ? track.seenAt + LOST_AFTER_MS : null;
}

function byAge(ageMs: number): 'live' | 'late' | 'lost' {
  if (ageMs < LATE_AFTER_MS) return 'live';
  return ageMs < LOST_AFTER_MS ? 'late' : 'lost';
}

function worse(one: 'live' | 'late' | 'lost' | 'left', other: 'live' | 'late' | 'lost') {
  return one === 'lost' || other === 'lost' ? 'lost' : one === 'late' || other === 'late' ? 'late' : 'live';
}
