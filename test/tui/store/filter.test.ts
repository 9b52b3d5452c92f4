import { expect, test } from 'vitest';
import { isUnhealthy, parseFilter } from '../../../src/tui/store/filter.ts';
import { programRow } from '../../support/program-row.ts';

const ROWS = [
  programRow({ id: 'api', cpuPercent: 80, memoryMb: 300 }),
  programRow({
    id: 'worker-1',
    name: 'Billing Worker',
    state: 'cooldown',
    cpuPercent: null,
    memoryMb: null,
    restarts: 5,
  }),
  programRow({ id: 'worker-2', cpuPercent: 50, health: 'unhealthy' }),
];

test.each([
  ['', ['api', 'worker-1', 'worker-2']],
  ['work', ['worker-1', 'worker-2']],
  ['BILLING', ['worker-1']],
  ['!work', ['api']],
  ['status:cool', ['worker-1']],
  ['!status:run', ['worker-1']],
  ['cpu>50', ['api']],
  ['cpu<60', ['worker-2']],
  ['mem>100', ['api']],
  ['restarts>3', ['worker-1']],
  ['work cpu>10', ['worker-2']],
  ['!', ['api', 'worker-1', 'worker-2']],
  ['cpu>', ['api', 'worker-1', 'worker-2']],
  ['api|billing', ['api', 'worker-1']],
  ['~wrk2', ['worker-2']],
  ['/^work.*1$/', ['worker-1']],
  ['/(', ['api', 'worker-1', 'worker-2']],
  ['cpu>=50 cpu<=50', ['worker-2']],
  ['health:unh', ['worker-2']],
  ['restarts=5', ['worker-1']],
  ['toString:x', []],
])('the filter %j leaves %j', (text, ids) => {
  expect(ROWS.filter(parseFilter(text)).map(({ id }) => id)).toEqual(ids);
});

test('resting, failing and sick programs are unhealthy', () => {
  expect(ROWS.filter(isUnhealthy).map(({ id }) => id)).toEqual(['worker-1', 'worker-2']);
});
