import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { LifecycleState } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { fromRecord, programRecordSchema, toRecord } from '../../../src/engine/store/program-record.ts';
import { circumstances, exit, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const UP: LifecycleState = { name: 'running', run: RUN };
const DUE: Fact = { kind: 'restartDue', schedule: '* * * * *' };
const EXITED: Fact = { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false };
const FAILED: Fact = { kind: 'exited', of: RUN, exit: exit({ code: 3 }), leftovers: false };
const STOP: Fact = { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' };
const LATE: Fact = { kind: 'runTimeExceeded', of: RUN, limitMs: 5_000 };

type Overlap = 'skip' | 'queue' | 'replace';

function job(overlap: Overlap, state: LifecycleState = UP): ReturnType<typeof program> {
  const fields: Partial<ProcessSpecInput> = { restart: 'never', schedule: '* * * * *', scheduling: { overlap } };
  return program(state, { spec: spec(fields) });
}

describe('a job that still runs when it is due', () => {
  test.each<[Overlap, Fact[], string]>([
    ['skip', [DUE], 'running, «scheduled-restart»'],
    ['replace', [DUE], 'stopping, «scheduled-restart», «stopping», SIGTERM to main, arm 30000'],
    ['queue', [DUE], 'running, «scheduled-restart»'],
    ['queue', [DUE, EXITED], 'launching, «exited», closeRun, spawn 2'],
    ['queue', [DUE, FAILED], 'launching, «crashed», «failed», closeRun, spawn 2'],
    ['skip', [DUE, EXITED], 'exited, closeRun, «exited»'],
    ['queue', [DUE, STOP, EXITED], 'stopped, «exited», closeRun'],
  ])('with overlap: %s', (overlap, facts, summary) => {
    const sorted = (text: string): string[] => text.split(', ').toSorted();
    expect(sorted(summaryOf(decide(job(overlap), facts)))).toEqual(sorted(summary));
  });

  test('is queued once', () => {
    expect(reasonsOf(decide(job('queue'), [DUE, DUE]))).toEqual([
      'skipped the run on schedule "* * * * *": a run is queued already',
    ]);
  });

  test('stays queued over the death of the engine', () => {
    const { program: queued } = decide(job('queue'), [DUE]);
    const record = programRecordSchema.parse(JSON.parse(JSON.stringify(toRecord(queued))));
    const recalled = fromRecord(record, queued.spec, circumstances().now);
    expect(decide(recalled, [EXITED]).program.state.name).toBe('launching');
  });

  test('is not restarted while it starts, unless its next run replaces it', () => {
    const starting: LifecycleState = { name: 'starting', run: RUN };
    expect(decide(job('skip', starting), [DUE]).program.state.name).toBe('starting');
    expect(decide(job('replace', starting), [DUE]).program.state.name).toBe('stopping');
  });
});

describe('a job that has exited', () => {
  test.each<LifecycleState['name']>(['exited', 'failed'])('is started from %s', (name) => {
    const state = { name } as LifecycleState;
    expect(summaryOf(decide(job('skip', state), [DUE]))).toBe('launching, «scheduled-restart», spawn 2');
  });

  test('says that it was missed', () => {
    const missed: Fact = { ...DUE, missedAt: '2026-01-01T00:00:00.000Z' };
    expect(reasonsOf(decide(job('skip', { name: 'exited' }), [missed]))[0]).toContain('which was missed at 2026-01-01');
  });
});

describe('a run that takes too long', () => {
  test('is stopped with the time of a stop, and fails a job', () => {
    const decision = decide(job('skip'), [LATE]);
    expect(summaryOf(decision)).toBe('stopping, «limit-runtime», «stopping», SIGTERM to main, arm 30000');
    expect(decide(decision.program, [EXITED]).program).toMatchObject({ state: { name: 'failed' } });
  });

  test('restarts a program that is to be restarted', () => {
    const { program: after } = decide(program(UP, { spec: spec({ maxRuntimeMs: 5_000 }) }), [LATE, EXITED]);
    expect(after).toMatchObject({ state: { name: 'launching', cause: 'limit' } });
    expect(after.why).toBe('restarted: run time exceeded limit 5 s');
  });

  test('is only reported in observe mode', () => {
    const observed = program(UP, { spec: spec({ maxRuntimeMs: 5_000, healing: 'observe' }) });
    expect(summaryOf(decide(observed, [LATE]))).toBe('running, «limit-runtime», «would-restart»');
  });
});
