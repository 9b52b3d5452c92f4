import * as z from 'zod';
import type { AnomalyRecord } from '../results/anomaly-record.ts';
import type { ReloadResult } from '../results/config-plan.ts';
import { CONFIG_SECTIONS } from '../config-section.ts';
import type { CooldownView } from '../results/cooldown-view.ts';
import { changesSchema, definitionSchema } from '../definition.ts';
import type { DefinitionResult } from '../results/definition-result.ts';
import type { EngineEvent } from '../engine-event.ts';
import { instancesSchema } from '../process-spec.ts';
import { eventStream, logCursor, logLines } from './stream-params.ts';
import { pid, signalParams } from './signal-params.ts';
import { batch, select } from './several-programs.ts';
import { eventKindSchema } from '../event-kind-schema.ts';
import type { CheckedHealth } from '../results/health-view.ts';
import type { HelloResult } from '../results/hello-result.ts';
import type { HistoryResult } from '../results/history-result.ts';
import type { LogLine } from '../log-line.ts';
import { WIRE_LIMITS } from '../wire-limits.ts';
import type { Subscribed } from '../notifications.ts';
import type { HoldAllResult, OperationOutcome, OperationResult } from '../results/operation-result.ts';
import type { ProcessDetails } from '../results/process-details.ts';
import type { ProgramSuggestions } from '../results/suggestions.ts';
import { SELECTED_OPERATIONS } from '../operations.ts';
import { SESSION_ROLES } from '../session-role.ts';
import { processIdSchema } from '../process-id-schema.ts';
import type { SettingResult } from '../results/setting-result.ts';
import type { SignalResult } from '../results/signal-result.ts';
import type { RestartMonitorResult, ShutdownResult } from '../results/shutdown-result.ts';
import type { EngineStatus, ProcessRow } from '../snapshot.ts';
import type { TrackedView, TrackStatus } from '../results/tracked-view.ts';
import type { UsageReading } from '../results/usage-reading.ts';
import type { ZombieCleanup, ZombieView } from '../results/zombie-view.ts';

export type { HelloResult };

/** What a method does: `read` changes nothing, `operate` changes programs, `admin` changes the engine. */
export type Access = (typeof ACCESSES)[number];
const ACCESSES = ['read', 'operate', 'admin'] as const;

interface Method<Params extends z.ZodType, Result> {
  readonly access: Access;
  readonly summary: string;
  readonly params: Params;
  /** Carries the result type; never set. */
  readonly result?: Result;
}

/** Takes the result type explicitly and infers the type of the parameters. */
function method<Result>() {
  return <Params extends z.ZodType>(access: Access, summary: string, params: Params): Method<Params, Result> => ({
    access,
    summary,
    params,
  });
}

const none = z.strictObject({});
const one = z.strictObject({ id: processIdSchema });
const processOf = z.strictObject({ pid });
const timeoutMs = z.number().int().min(0).max(86_400_000).optional();
const oneOfBatch = one.extend({ batch });
const paths = z.array(z.string().regex(/^\//, 'must be an absolute path').max(4096)).max(100);
/** Without it, healing stays paused until it is resumed. */
const forMs = z.number().int().min(1).max(2_147_483_647).optional();

/** The wire contract: each request with its access level, parameters and result. See docs/http-api.md. */
export const METHODS = {
  hello: method<HelloResult>()(
    'read',
    'Agree on a protocol version',
    z.strictObject({
      protocol: z.number().int(),
      client: z.string().max(200),
      as: z
        .enum(SESSION_ROLES)
        .optional()
        .describe('Gives up rights for the rest of the connection: requests are then judged like those over HTTP'),
      allow: z.enum(ACCESSES).optional().describe('The highest access that later requests may have'),
      caller: z.string().min(1).max(200).optional().describe('On whose behalf the client calls; events record it'),
    }),
  ),
  status: method<EngineStatus>()('read', 'Get engine and host status, and the number of programs by state', none),
  list: method<readonly ProcessRow[]>()(
    'read',
    'List programs by id, one page at a time',
    z.strictObject({
      afterId: processIdSchema.optional(),
      limit: z.number().int().min(1).max(1000).default(1000),
      select: select.optional(),
    }),
  ),
  describe: method<ProcessDetails>()(
    'read',
    'Get the definition, state, health, process tree and recent events of a program',
    one,
  ),
  history: method<HistoryResult>()(
    'read',
    'Get the CPU and memory history of a program',
    one.extend({ span: z.enum(['15m', '24h']).default('15m') }),
  ),
  usage: method<UsageReading>()('read', 'Get what a program uses now, as its detectors see it', one),
  start: method<OperationResult>()('operate', 'Start a program', one),
  stop: method<OperationResult>()(
    'operate',
    'Stop a program, gracefully by default',
    oneOfBatch.extend({ graceful: z.boolean().default(true), timeoutMs }),
  ),
  restart: method<OperationResult>()('operate', 'Restart a program', oneOfBatch.extend({ timeoutMs })),
  kill: method<OperationResult>()('operate', 'Kill a program and its process tree with SIGKILL', oneOfBatch),
  reload: method<OperationResult>()('operate', 'Send a running program its reload signal', one),
  signal: method<SignalResult>()('operate', 'Send a signal to one process of a program', one.extend(signalParams)),
  pause: method<OperationResult>()('operate', 'Pause a program and its process tree', one),
  resume: method<OperationResult>()('operate', 'Resume a paused program', one),
  enable: method<OperationResult>()('operate', 'Enable a program and start it', one),
  disable: method<OperationResult>()(
    'operate',
    'Stop a program and prevent it from starting until it is enabled',
    oneOfBatch,
  ),
  operate: method<readonly OperationOutcome[]>()(
    'operate',
    'Perform an operation on all selected programs, in the order of their dependencies; `all`, groups and globs leave out programs that it does not apply to',
    z.strictObject({
      operation: z.enum(SELECTED_OPERATIONS),
      select,
      graceful: z.boolean().optional().describe('For `stop`: false kills at once'),
      timeoutMs: timeoutMs.describe('For `stop` and `restart`: the stop timeout'),
      forMs: forMs.describe('For `hold`: how long healing stays paused'),
    }),
  ),
  add: method<DefinitionResult>()(
    'operate',
    'Add a program to the registry and start it',
    z.strictObject({ definition: definitionSchema }),
  ),
  update: method<DefinitionResult>()(
    'operate',
    'Change fields of a program definition, in place where possible',
    one.extend({ changes: changesSchema, unset: z.array(z.string().min(1).max(300)).max(100).optional() }),
  ),
  remove: method<DefinitionResult>()('operate', 'Stop a program and remove it from the registry', oneOfBatch),
  scale: method<DefinitionResult>()(
    'operate',
    'Set the number of instances of a program',
    one.extend({ instances: instancesSchema }),
  ),
  settings: method<readonly SettingResult[]>()('read', 'List engine settings with their current values', none),
  changeSetting: method<SettingResult>()(
    'admin',
    'Change an engine setting; null resets it to its default',
    z.strictObject({ key: z.string().max(300), value: z.json() }),
  ),
  remoteConfig: method<Readonly<Record<string, unknown>>>()(
    'read',
    'Get a section of the remote API configuration',
    z.strictObject({ section: z.enum(CONFIG_SECTIONS) }),
  ),
  changeRemoteConfig: method<Readonly<Record<string, unknown>>>()(
    'admin',
    'Replace a section of the remote API configuration; omitted fields take their defaults',
    z.strictObject({ section: z.enum(CONFIG_SECTIONS), content: z.record(z.string(), z.json()) }),
  ),
  checkHealth: method<CheckedHealth>()('operate', 'Run the health check of a program now', one),
  hold: method<OperationResult>()(
    'operate',
    'Pause healing of a program; faults are still reported',
    one.extend({ forMs }),
  ),
  release: method<OperationResult>()('operate', 'Resume healing of a program', one),
  holdAll: method<HoldAllResult>()(
    'operate',
    'Pause healing of all programs; faults are still reported',
    z.strictObject({ forMs }),
  ),
  releaseAll: method<HoldAllResult>()('operate', 'Resume healing of all programs', none),
  cooldowns: method<readonly CooldownView[]>()(
    'read',
    'List the recent restarts and the cooldown of each program',
    none,
  ),
  cooldownReset: method<OperationResult>()('operate', 'End the cooldown of a program and start it', one),
  anomalies: method<readonly AnomalyRecord[]>()(
    'read',
    'List anomalies detected in the last 24 hours, oldest first',
    z.strictObject({ id: processIdSchema.optional() }),
  ),
  suggest: method<readonly ProgramSuggestions[]>()(
    'read',
    'Propose settings for programs from what was observed in the last 24 hours',
    z.strictObject({ id: processIdSchema.optional() }),
  ),
  zombies: method<readonly ZombieView[]>()('read', 'List zombie processes, oldest first', none),
  cleanZombies: method<ZombieCleanup>()(
    'operate',
    'Ask parents to reap their zombie processes; restart programs that do not, if they are defined with `restart-parent`',
    none,
  ),
  track: method<TrackedView>()(
    'operate',
    'Track a process: terminate it and its process tree once its parent has exited',
    processOf,
  ),
  untrack: method<TrackedView>()('operate', 'Stop tracking a process', processOf),
  trackStatus: method<TrackStatus>()('read', 'List tracked processes', none),
  logs: method<readonly LogLine[]>()(
    'read',
    'Get log lines of a program: the last ones, those before or after a cursor; as many as fit in one message',
    one.extend({
      ...logLines,
      before: logCursor.optional().describe('Cursor of a line of an earlier answer: return the last lines before it'),
      after: logCursor.optional().describe('Cursor of a line of an earlier answer: return the first lines after it'),
    }),
  ),
  events: method<readonly EngineEvent[]>()(
    'read',
    'List past events, oldest first',
    z.strictObject({
      /** Only events with a higher sequence number are returned. */
      afterSeq: z.number().int().min(0).optional(),
      process: processIdSchema.optional(),
      kinds: z.array(eventKindSchema).optional(),
      limit: z.number().int().min(1).max(WIRE_LIMITS.batchItems).default(100),
    }),
  ),
  reloadConfig: method<ReloadResult>()(
    'admin',
    'Reload the sources of programs and apply changes; with `dryRun`, only return the plan',
    z.strictObject({
      /** Absolute paths that replace the current sources; without them, the current sources are reloaded. */
      files: paths.optional(),
      /** Absolute paths of further sources. */
      add: paths.optional(),
      /** Absolute paths of sources that are no longer used; programs that only they define are removed. */
      drop: paths.optional(),
      /** Programs to remove although no source ever defined them, see `unlisted` in the result. */
      remove: z.array(processIdSchema).max(10_000).optional(),
      /** Refuses files in which nothing can be used: `found` accepts empty files, `named` does not. */
      check: z.enum(['named', 'found']).optional(),
      dryRun: z.boolean().default(false),
    }),
  ),
  shutdown: method<ShutdownResult>()(
    'admin',
    'Stop all programs and the engine',
    z.strictObject({ keep: z.boolean().default(false), timeoutMs }),
  ),
  restartMonitor: method<RestartMonitorResult>()(
    'operate',
    'Restart the engine; programs keep running and are re-adopted',
    z.strictObject({
      /** The Node and the file that the next engine is started with, from another installation of healer. */
      node: z.string().max(4096).optional(),
      script: z.string().max(4096).optional(),
    }),
  ),
  subscribeSnapshot: method<Subscribed>()(
    'read',
    'Stream the table of programs: all rows first, then changed rows',
    z.strictObject({ intervalMs: z.number().int().min(100).max(60_000).default(1000) }),
  ),
  subscribeEvents: method<Subscribed>()(
    'read',
    'Stream events: those after a sequence number, then new ones',
    eventStream,
  ),
  subscribeLog: method<Subscribed>()(
    'read',
    'Stream log lines of a program: the last ones or those after a cursor, then new ones',
    one.extend({
      ...logLines,
      /** A cursor from an earlier message; it stays valid after the engine is restarted. */
      after: logCursor.optional(),
    }),
  ),
  unsubscribe: method<null>()('read', 'End a subscription', z.strictObject({ subscription: z.number().int() })),
} as const;

type Table = typeof METHODS;
export type MethodName = keyof Table;
/** The parameters that a caller passes; fields with a default are optional. */
export type Params<M extends MethodName> = z.input<Table[M]['params']>;
/** The parameters that a handler receives: validated, with defaults filled in. */
export type ParsedParams<M extends MethodName> = z.output<Table[M]['params']>;
/** The result that a caller receives. */
export type Result<M extends MethodName> = NonNullable<Table[M]['result']> | Extract<Table[M]['result'], null>;

/** Methods about one connection and its streams; the others form the API of the engine. */
type ConnectionMethod = 'hello' | 'subscribeSnapshot' | 'subscribeEvents' | 'subscribeLog' | 'unsubscribe';
export type ApiMethod = Exclude<MethodName, ConnectionMethod>;

/** The API that the engine, the local client, the remote client and the fake engine of the tests implement. */
export type EngineApi = {
  readonly [M in ApiMethod]: (params: Params<M>) => Promise<Result<M>>;
};

/** Returns whether an untrusted value is the name of a method. */
export function isMethodName(value: unknown): value is MethodName {
  return typeof value === 'string' && Object.hasOwn(METHODS, value);
}
