import { nameColor } from '../../base/name-color.ts';
import type { ColorLevel } from '../../base/color-support.ts';
import type { ProcessStateName } from '../../protocol/process-state.ts';

type Paint = (text: string) => string;

/** Colors by meaning. Without colors, text stays unchanged. No color conveys anything that the words do not. */
export interface Style {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
  /** Paints text in the color of a program, to distinguish the lines of several programs. */
  readonly program: (id: string, text: string) => string;
  /** Paints text in the color of a program's state. */
  readonly state: (state: ProcessStateName, text: string) => string;
}

type Tone = Exclude<keyof Style, 'state' | 'program'>;

/** Colors that every terminal theme keeps readable; brighter ones are unreadable on light backgrounds. */
const SGR: Readonly<Record<Tone, readonly [on: number, off: number]>> = {
  strong: [1, 22],
  faint: [2, 22],
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
};

const STATE_TONES: Readonly<Record<ProcessStateName, Tone>> = {
  running: 'good',
  starting: 'warning',
  paused: 'warning',
  stopping: 'warning',
  waiting: 'warning',
  backoff: 'warning',
  cooldown: 'bad',
  failed: 'bad',
  exited: 'faint',
  stopped: 'faint',
  disabled: 'faint',
};

/** Creates the colors for a level; at level `none`, text stays unchanged. */
export function createStyle(level: ColorLevel): Style {
  const paint = (tone: Tone): Paint => {
    const [on, off] = SGR[tone];
    return level === 'none' ? (text) => text : (text) => `\x1b[${on}m${text}\x1b[${off}m`;
  };
  const tones = {
    strong: paint('strong'),
    faint: paint('faint'),
    good: paint('good'),
    warning: paint('warning'),
    bad: paint('bad'),
  };
  const program: Style['program'] = (id, text) =>
    level === 'none' ? text : `\x1b[1;${nameColor(id)}m${text}\x1b[22;39m`;
  return { ...tones, program, state: (state, text) => tones[STATE_TONES[state]](text) };
}
