import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import { selectAnomalies } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { dataText } from '../text/data-text.ts';
import { timeOfDay } from '../text/figures.ts';
import { fitText } from '../text/narrow-text.ts';
import { type RecordTable, rowOf } from './record-table.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { toneOfKind } from '../style/tone-of-kind.ts';

/** Tones for actions that did more than record an anomaly. */
const TONE_OF_ACTION: Readonly<Record<string, Span['tone']>> = { restart: 'bad', kill: 'bad', observe: 'busy' };

/** Describes the list of anomalies, the newest first, each with its evidence. */
export function anomalyTable(state: State, { columns, glyphs }: Scene): RecordTable {
  const found = selectAnomalies(state);
  const who = columns >= 100 ? 24 : columns >= 60 ? 14 : 8;
  const time = columns >= 60 ? 8 : 5;
  const row = ({ at, kind, id, action, evidence }: AnomalyRecord): Span[] => [
    span(`${timeOfDay(at).slice(0, time)} `, 'muted'),
    span(`${fitText(kind, 11, glyphs.ellipsis)} `, toneOfKind(kind)),
    span(`${fitText(id, who, glyphs.ellipsis)} `),
    span(`${fitText(action, 8, glyphs.ellipsis)} `, TONE_OF_ACTION[action] ?? 'muted'),
    span(evidence),
  ];
  return {
    heading: [
      span(
        ` ${'Time'.padEnd(time)} ${'Kind'.padEnd(11)} ${'Process'.padEnd(who)} ${'Action'.padEnd(8)} Evidence`,
        'strong',
      ),
    ],
    note: '',
    count: found.length,
    row: (index) => rowOf(found, index, row),
    detail: (index) => detailOf(found[index]),
    empty: state.anomalies === null ? 'loading ...' : 'no anomalies in the last 24 hours',
  };
}

function detailOf(anomaly: AnomalyRecord | undefined): ReturnType<RecordTable['detail']> {
  if (anomaly === undefined) return { title: '', text: '' };
  const { at, kind, id, pid, evidence, figures } = anomaly;
  const title = `${new Date(at).toLocaleString('sv')}  ${kind}  ${id}${pid === null ? '' : `, pid ${pid}`}`;
  return { title, text: [evidence, dataText(figures)].filter((part) => part !== '').join('  |  ') };
}
