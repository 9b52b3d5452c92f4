import { stateWord } from '../../client/attach/present-reason.ts';
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

/** The appearance of each state. Color is never the only sign: a symbol and a word show the state too. */
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

/** Returns the tone of a state. */
export function toneOfState(state: ProcessStateName): Tone {
  return LOOK_OF[state].tone;
}

/** Returns the tone of a program: that of its state, or bad if it is running but unhealthy. */
export function toneOfStatus({ state, health }: SnapshotRow): Tone {
  return state === 'running' && health === 'unhealthy' ? 'bad' : toneOfState(state);
}

/** Formats the state of a program with its most important detail: "cooldown 42s", "exited 3". */
export function statusText(row: SnapshotRow, glyphs: Glyphs, nowMs: number): string {
  const state = row.state === 'running' ? RUNNING_WORDS[row.health] : stateWord(row);
  const words = [state, detailOf(row, nowMs), row.healing === 'on' ? '' : row.healing];
  return `${glyphs[LOOK_OF[row.state].glyph]} ${words.filter((word) => word !== '').join(' ')}`;
}

/** The result of the health check replaces "running": the column has no room for both. */
const RUNNING_WORDS: Readonly<Record<Health, string>> = {
  unknown: 'running',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
};

function detailOf(row: SnapshotRow, nowMs: number): string {
  switch (row.state) {
    case 'cooldown':
      return countdown(row.cooldownUntil, nowMs);
    case 'backoff':
      return row.healing === 'on' ? countdown(row.retryAt, nowMs) : '';
    case 'failed':
    case 'exited':
      return row.lastExit?.signal?.replace('SIG', '') ?? String(row.lastExit?.code ?? '');
    case 'running':
    case 'starting':
    case 'paused':
    case 'stopping':
    case 'waiting':
    case 'stopped':
    case 'disabled':
      return '';
  }
}
