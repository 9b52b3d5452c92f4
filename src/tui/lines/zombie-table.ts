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

/** Dead processes that nobody reaped, the oldest first, with whose fault that is. */
export function zombieTable(state: State, { glyphs }: Scene): RecordTable {
  const zombies = selectZombies(state);
  const row = ({ pid, name, parentPid, parentName, ageMs, program }: ZombieView): Span[] => [
    span(`${String(pid).padStart(PID_WIDTH)} `),
    span(`${fitText(name, NAME_WIDTH, glyphs.ellipsis)} `, 'busy'),
    span(`${coarseDuration(ageMs).padStart(AGE_WIDTH)} `),
    span(`${String(parentPid).padStart(PID_WIDTH)} `),
    span(`${fitText(parentName, NAME_WIDTH, glyphs.ellipsis)} `),
    span(program ?? 'not managed', program === null ? 'muted' : 'info'),
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
    heading: [span(` ${titles.join(' ')}`, 'strong'), span(scannedText(state.zombies), 'muted')],
    count: zombies.length,
    row: (index) => rowOf(zombies, index, row),
    detail: (index) => detailOf(zombies[index]),
    empty: emptyText(state.zombies),
  };
}

function scannedText(scan: ZombieScan): string {
  return scan.kind === 'read' ? `   (seen ${timeOfDay(new Date(scan.seenAtMs).toISOString())}, r looks again)` : '';
}

function emptyText(scan: ZombieScan): string {
  switch (scan.kind) {
    case 'unread':
      return 'being looked for ...';
    case 'read':
      return 'there are no zombies on this machine';
    case 'refused':
      return scan.reason;
  }
}

function detailOf(zombie: ZombieView | undefined): ReturnType<RecordTable['detail']> {
  if (zombie === undefined) return { title: '', text: '' };
  const { pid, name, parentPid, parentName, program, untouched } = zombie;
  const owner = program === null ? 'which healer does not manage' : `of the program ${program}`;
  return {
    title: `${name} (pid ${pid})`,
    text: `It has ended; its parent ${parentName} (pid ${parentPid}), ${owner}, has not asked how. ${untouched === null ? 'c sends the parent SIGCHLD, which most answer by reaping; others have to be restarted' : `The parent is let alone: ${untouched}`}. A zombie takes no memory, only its pid.`,
  };
}
