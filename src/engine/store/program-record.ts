import * as z from 'zod';
import { type Moment, recallFuture, recallPast } from '../../policy/moment.ts';
import type { StopStep } from '../../policy/lifecycle/stop-steps.ts';
import {
  type LifecycleState,
  type Program,
  type Run,
  START_CAUSES,
  type StateOf,
} from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { FAULT_CAUSES, RESTART_CAUSES } from '../../protocol/restart-cause.ts';

const wall = z.number();
const run = z.object({
  number: z.number().int(),
  pid: z.number().int().min(1),
  startTicks: z.number().int().nullable(),
  startedAt: wall,
  foreign: z.boolean().optional(),
  forked: z.boolean().optional(),
  outdated: z.boolean().optional(),
});
const exit = z.object({
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  coreDumped: z.boolean(),
  atWall: wall,
  uptimeMs: z.number(),
  outOfMemory: z.boolean().optional(),
  coreDump: z.string().optional(),
  requested: z.object({ signal: z.string(), by: z.string(), agoMs: z.number() }).optional(),
});
/** Old state files have no cause; `limit` was the only one. */
const healCause = z.enum(['limit', 'health', 'anomaly']).default('limit');
const goal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stop') }),
  z.object({ kind: z.literal('disable') }),
  z.object({ kind: z.literal('remove') }),
  z.object({ kind: z.literal('restart'), cause: z.enum(['operator', 'config', 'schedule']) }),
  z.object({ kind: z.literal('heal'), fault: z.string(), cause: healCause }),
  z.object({ kind: z.literal('await-fleet'), afterMs: z.number() }),
  z.object({ kind: z.literal('fail'), fault: z.string() }),
  z.object({
    kind: z.literal('clear-up'),
    display: z.string().optional(),
    problem: z.string().optional(),
    note: z.string().optional(),
  }),
]);
const stopStep = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), waitMs: z.number() }),
  z.object({ kind: z.literal('signal'), signal: z.string(), waitMs: z.number() }),
]);
const cause = z.enum(START_CAUSES);
const state = z.discriminatedUnion('name', [
  z.object({ name: z.literal('disabled') }),
  z.object({ name: z.literal('stopped') }),
  z.object({ name: z.literal('waiting'), cause, reason: z.string(), for: z.enum(['display', 'before']).optional() }),
  z.object({ name: z.literal('launching'), cause }),
  z.object({ name: z.literal('starting'), run, forked: exit.optional() }),
  // `isReloading`: a new run was starting beside this one.
  z.object({ name: z.literal('running'), run, isReloading: z.boolean().optional() }),
  z.object({ name: z.literal('paused'), run }),
  z.object({
    name: z.literal('stopping'),
    run,
    goal,
    stage: z.enum(['graceful', 'forced', 'stuck']),
    exit: exit.nullable(),
    /** The step of a stop with several steps, and those that follow. */
    sent: z.object({ signal: z.string(), timeoutMs: z.number() }).optional(),
    commandMs: z.number().optional(),
    next: z.array(stopStep).optional(),
  }),
  z.object({
    name: z.literal('backoff'),
    until: wall,
    /** The whole delay. Absent in files of earlier versions, as the reason. */
    delayMs: z.number().optional(),
    cause: z.enum(FAULT_CAUSES),
    restartWhy: z.string().optional(),
  }),
  z.object({ name: z.literal('cooldown'), until: wall }),
  z.object({ name: z.literal('failed') }),
  z.object({ name: z.literal('exited') }),
]);

/** A program in the state file: everything except its definition, with times in ms since the epoch. */
export const programRecordSchema = z.object({
  state,
  runs: z.number().int().min(0),
  restarts: z.number().int().min(0),
  failures: z.number().int().min(0),
  backoffStep: z.number().int().min(0),
  history: z.array(z.object({ at: wall, cause: z.enum(RESTART_CAUSES) })),
  lastExit: z.object({ exit, reason: z.string() }).nullable(),
  queued: z.string().optional(),
  why: z.string(),
});

export type ProgramRecord = z.output<typeof programRecordSchema>;

/** Converts a program for the state file. `fromRecord` is the inverse. */
export function toRecord(program: Program): ProgramRecord {
  const { counters, lastExit } = program;
  return {
    state: stateToRecord(program.state, program.spec),
    runs: program.runs,
    restarts: program.restarts,
    failures: counters.failures,
    backoffStep: counters.backoffStep,
    history: counters.history.map(({ at, cause }) => ({ at: at.wall, cause })),
    lastExit,
    ...(program.queued === undefined ? {} : { queued: program.queued }),
    why: whyWithoutMention(program),
  };
}

/** What is mentioned was true while this engine ran. */
function whyWithoutMention({ state, why }: Program): string {
  const isAtRest = state.name === 'stopped' || state.name === 'exited' || state.name === 'failed';
  return (isAtRest ? state.mention?.why : undefined) ?? why;
}

function stateToRecord(from: LifecycleState, spec: ProcessSpec): ProgramRecord['state'] {
  switch (from.name) {
    case 'starting':
      return { name: 'starting', run: runToRecord(from.run), ...(from.forked && { forked: from.forked }) };
    case 'running': {
      const isReloading = from.overlap !== undefined && from.overlap.stage !== 'retiring';
      return { name: 'running', run: runToRecord(from.run), ...(isReloading ? { isReloading } : {}) };
    }
    case 'paused':
      return { name: 'paused', run: runToRecord(from.run) };
    case 'stopping': {
      const { name, goal, stage, exit: mainExit } = from;
      return { name, run: runToRecord(from.run), goal, stage, exit: mainExit, ...stepToRecord(from, spec) };
    }
    case 'backoff':
      return { name: 'backoff', until: from.until.wall, delayMs: from.delayMs, cause: from.cause, ...whyOf(from) };
    case 'cooldown':
      return { name: 'cooldown', until: from.until.wall };
    case 'disabled':
    case 'stopped':
    case 'waiting':
    case 'launching':
    case 'failed':
    case 'exited':
      return from;
  }
}

/** A stop with a single step is simply requested again by the next engine. */
function stepToRecord(
  { sent, commandMs, next }: StateOf<'stopping'>,
  { stop }: ProcessSpec,
): Pick<StateOf<'stopping'>, 'sent' | 'commandMs'> & { next?: StopStep[] } {
  if (stop.sequence === null && stop.command === null) return {};
  return {
    ...(sent === undefined ? {} : { sent }),
    ...(commandMs === undefined ? {} : { commandMs }),
    ...(next === undefined ? {} : { next: [...next] }),
  };
}

function runToRecord(from: Run): z.output<typeof run> {
  const { number, pid, startTicks, startedAt, foreign, forked, outdated } = from;
  return {
    ...{ number, pid, startTicks, startedAt: startedAt.wall },
    ...(foreign === true ? { foreign } : {}),
    ...(forked === true ? { forked } : {}),
    ...(outdated === true ? { outdated } : {}),
  };
}

/** Restores a program as the previous engine left it, with times converted to the clocks of this engine. */
export function fromRecord(record: ProgramRecord, spec: ProcessSpec, now: Moment): Program {
  return {
    spec,
    state: stateFromRecord(record.state, spec, now),
    // The last known health is outdated.
    health: 'unknown',
    runs: record.runs,
    restarts: record.restarts,
    counters: {
      failures: record.failures,
      backoffStep: record.backoffStep,
      history: record.history.map(({ at, cause }) => ({ at: recallPast(at, now), cause })),
    },
    lastExit: record.lastExit,
    ...(record.queued === undefined ? {} : { queued: record.queued }),
    why: record.why,
  };
}

function stateFromRecord(from: ProgramRecord['state'], spec: ProcessSpec, now: Moment): LifecycleState {
  switch (from.name) {
    case 'starting':
      return { ...from, run: runFromRecord(from.run, now) };
    case 'running': {
      const overlap = from.isReloading === true ? { overlap: { stage: 'launching' } as const } : {};
      return { name: 'running', run: runFromRecord(from.run, now), ...overlap };
    }
    case 'paused':
      return { name: 'paused', run: runFromRecord(from.run, now) };
    case 'stopping': {
      const { sent, ...rest } = from;
      const step = sent === undefined ? {} : { sent };
      return { ...rest, run: runFromRecord(from.run, now), ...step };
    }
    case 'backoff':
      return {
        name: 'backoff',
        until: recallFuture(from.until, now, from.delayMs ?? longestDelay(spec)),
        delayMs: from.delayMs,
        cause: from.cause,
        ...whyOf(from),
      };
    case 'cooldown':
      return { name: 'cooldown', until: recallFuture(from.until, now, spec.restart.cooldown.durationMs) };
    case 'disabled':
    case 'stopped':
    case 'waiting':
    case 'launching':
    case 'failed':
    case 'exited':
      return from;
  }
}

function whyOf({ restartWhy }: { readonly restartWhy?: string | undefined }): { readonly restartWhy?: string } {
  return restartWhy === undefined ? {} : { restartWhy };
}

/** Limits a delay that a change of the wall clock would extend, and whose length an earlier version did not record. */
function longestDelay({ restart }: ProcessSpec): number {
  const spread = 1 + restart.jitter;
  const retryMs = restart.retryIndefinitely ? restart.indefiniteIntervalMs : 0;
  return Math.max(...restart.backoffMs.map((delayMs) => delayMs * spread), retryMs);
}

function runFromRecord(from: z.output<typeof run>, now: Moment): Run {
  return { ...from, startedAt: recallPast(from.startedAt, now), adopted: true };
}
