import type { Health, ProcessStateName } from '../../protocol/process-state.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { Glyphs } from '../style/glyphs.ts';
import { countdown } from './figures.ts';
import type { Tone } from '../style/theme.ts';

type StatusGlyph = 'dot' | 'busy' | 'idle' | 'cross';

interface Look {
  readonly glyph: StatusGlyph;
  readonly tone: Tone;
}

/** How each state looks: a sign and a word carry it too, never the colour alone. */
const LOOK_OF: Readonly<Record<ProcessStateName, Look>> = {
  running: { glyph: 'dot', tone: 'good' },
  starting: { glyph: 'busy', tone: 'busy' },
  paused: { glyph: 'idle', tone: 'info' },
  stopping: { glyph: 'busy', tone: 'busy' },
  waiting: { glyph: 'busy', tone: 'busy' },
  backoff: { glyph: 'busy', tone: 'busy' },
  cooldown: { glyph: 'cross', tone: 'bad' },
  failed: { glyph: 'cross', tone: 'bad' },
  exited: { glyph: 'idle', tone: 'plain' },
  stopped: { glyph: 'idle', tone: 'muted' },
  disabled: { glyph: 'idle', tone: 'muted' },
};

export function toneOfState(state: ProcessStateName): Tone {
  return LOOK_OF[state].tone;
}

/** A program that runs and fails its health check looks as bad as it is. */
export function toneOfStatus({ state, health }: SnapshotRow): Tone {
  return state === 'running' && health === 'unhealthy' ? 'bad' : toneOfState(state);
}

/** A state with what matters about it now: "cooldown 42s", "exited 3". */
export function statusText(row: SnapshotRow, glyphs: Glyphs, nowMs: number): string {
  const words = [row.state, causeOf(row, nowMs), row.healing === 'on' ? '' : row.healing];
  return `${glyphs[LOOK_OF[row.state].glyph]} ${words.filter((word) => word !== '').join(' ')}`;
}

/** Short: they share a narrow column with the state. */
const HEALTH_WORDS: Readonly<Record<Health, string>> = { unknown: '', healthy: 'well', unhealthy: 'sick' };

function causeOf(row: SnapshotRow, nowMs: number): string {
  switch (row.state) {
    case 'cooldown':
      return countdown(row.cooldownUntil, nowMs);
    case 'backoff':
      return countdown(row.retryAt, nowMs);
    case 'running':
      return HEALTH_WORDS[row.health];
    case 'failed':
    case 'exited':
      return row.lastExit?.signal?.replace('SIG', '') ?? String(row.lastExit?.code ?? '');
    case 'starting':
    case 'paused':
    case 'stopping':
    case 'waiting':
    case 'stopped':
    case 'disabled':
      return '';
  }
}
