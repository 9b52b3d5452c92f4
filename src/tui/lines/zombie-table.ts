import { selectZombies } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import type { ZombieView } from '../../protocol/results/zombie-view.ts';
import type { ZombieScan } from '../state/zombie-scan.ts';
import { coarseDuration, timeOfDay } from '../text/figures.ts';
import { fitText } from '../text/narrow-text.ts';
import { type RecordTable, rowOf } from './record-table.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

const PID_WIDTH = 8;
const NAME_WIDTH = 16;
const AGE_WIDTH = 8;

/** Describes the list of exited processes that have not been reaped, the oldest first, with their parents. */
export function zombieTable(state: State, { glyphs }: Scene): RecordTable {
  const zombies = selectZombies(state);
  const row = ({ pid, name, parentPid, parentName, ageMs, program }: ZombieView): Span[] => [
    span(`${String(pid).padStart(PID_WIDTH)} `),
    span(`${fitText(name, NAME_WIDTH, glyphs.ellipsis)} `, 'busy'),
    span(`${coarseDuration(ageMs).padStart(AGE_WIDTH)} `),
    span(`${String(parentPid).padStart(PID_WIDTH)} `),
    span(`${fitText(parentName, NAME_WIDTH, glyphs.ellipsis)} `),
    span(program ?? 'unmanaged', program === null ? 'muted' : 'info'),
  ];
  const titles = [
    'PID'.padStart(PID_WIDTH),
    'Name'.padEnd(NAME_WIDTH),
    'Age'.padStart(AGE_WIDTH),
    'Parent'.padStart(PID_WIDTH),
    'Name'.padEnd(NAME_WIDTH),
    'Program',
  ];
  return {
    heading: [span(` ${titles.join(' ')}`, 'strong')],
    note: scannedText(state.zombies),
    count: zombies.length,
    row: (index) => rowOf(zombies, index, row),
    detail: (index) => detailOf(zombies[index]),
    empty: emptyText(state.zombies),
  };
}

function scannedText(scan: ZombieScan): string {
  return scan.kind === 'read' ? `   (as of ${timeOfDay(new Date(scan.seenAtMs).toISOString())}, r: refresh)` : '';
}

function emptyText(scan: ZombieScan): string {
  switch (scan.kind) {
    case 'unread':
      return 'loading ...';
    case 'read':
      return 'no zombies on this machine';
    case 'refused':
      return scan.reason;
  }
}

function detailOf(zombie: ZombieView | undefined): ReturnType<RecordTable['detail']> {
  if (zombie === undefined) return { title: '', text: '' };
  const { pid, name, parentPid, parentName, program, untouched } = zombie;
  const owner = program === null ? 'an unmanaged process' : `of program ${program}`;
  const advice =
    untouched === null
      ? 'Press c to send SIGCHLD to the parent, which makes most programs reap their children; others have to be restarted.'
      : `healer does not signal the parent: ${untouched}.`;
  return {
    title: `${name} (pid ${pid})`,
    text: `It has exited, but its parent ${parentName} (pid ${parentPid}, ${owner}) has not reaped it. ${advice} A zombie uses a pid but no memory.`,
  };
}
