import * as z from 'zod';
import type { AnomalyRecord } from '../results/anomaly-record.ts';
import type { ReloadResult } from '../results/config-plan.ts';
import { CONFIG_SECTIONS } from '../config-section.ts';
import type { CooldownView } from '../results/cooldown-view.ts';
import { changesSchema, definitionSchema } from '../definition.ts';
import type { DefinitionResult } from '../results/definition-result.ts';
import type { EngineEvent } from '../engine-event.ts';
import { eventKindSchema } from '../event-kind-schema.ts';
import type { CheckedHealth } from '../results/health-view.ts';
import type { HistoryResult } from '../results/history-result.ts';
import type { LogLine } from '../log-line.ts';
import { WIRE_LIMITS } from '../limits.ts';
import type { Subscribed } from '../notifications.ts';
import type { HoldAllResult, OperationResult } from '../results/operation-result.ts';
import type { ProcessDetails } from '../results/process-details.ts';
import { processIdSchema } from '../process-id-schema.ts';
import type { SettingResult } from '../results/setting-result.ts';
import type { RestartMonitorResult, ShutdownResult } from '../results/shutdown-result.ts';
import type { EngineStatus, ProcessRow } from '../snapshot.ts';
import type { TrackedView, TrackStatus } from '../results/tracked-view.ts';
import type { ZombieCleanup, ZombieView } from '../results/zombie-view.ts';

/** Rises when an old client or engine could misunderstand a new one. */
export const PROTOCOL_VERSION = 1;

/** Who answers. Both sides end the connection where they do not speak the same protocol. */
export interface HelloResult {
  readonly protocol: number;
  readonly version: string;
  readonly instance: string;
  readonly pid: number;
}

/** Who may call: `read` looks, `operate` changes programs, `admin` changes the engine. */
export type Access = 'read' | 'operate' | 'admin';

interface Method<Params extends z.ZodType, Result> {
  readonly access: Access;
  readonly summary: string;
  readonly params: Params;
  /** Type carrier only; never read. */
  readonly result?: Result;
}

/** Names the result's type while the parameters' type is inferred. */
function method<Result>() {
  return <Params extends z.ZodType>(access: Access, summary: string, params: Params): Method<Params, Result> => ({
    access,
    summary,
    params,
  });
}

const none = z.strictObject({});
const one = z.strictObject({ id: processIdSchema });
/** No kernel gives a pid beyond 2^22. */
const processOf = z.strictObject({ pid: z.number().int().min(1).max(4_194_304) });
const timeoutMs = z.number().int().min(0).max(86_400_000).optional();
/** No end when left out. */
const forMs = z.number().int().min(1).max(2_147_483_647).optional();

/** The wire contract (SPEC section 11): requests, who may make them, and what comes back. */
export const METHODS = {
  hello: method<HelloResult>()(
    'read',
    'agree on a protocol version',
    z.strictObject({ protocol: z.number().int(), client: z.string().max(200) }),
  ),
  status: method<EngineStatus>()('read', 'the engine, its host and the programs by state', none),
  list: method<readonly ProcessRow[]>()(
    'read',
    'the programs in order of id, a page at a time so that an answer stays below the size of a message',
    z.strictObject({ afterId: processIdSchema.optional(), limit: z.number().int().min(1).max(1000).default(1000) }),
  ),
  describe: method<ProcessDetails>()('read', 'all that is known about a program', one),
  history: method<HistoryResult>()(
    'read',
    'CPU and memory of a program over time',
    one.extend({ span: z.enum(['15m', '24h']).default('15m') }),
  ),
  start: method<OperationResult>()('operate', 'start a program', one),
  stop: method<OperationResult>()(
    'operate',
    'stop a program, gracefully unless told otherwise',
    one.extend({ graceful: z.boolean().default(true), timeoutMs }),
  ),
  restart: method<OperationResult>()('operate', 'stop a program and start it again', one.extend({ timeoutMs })),
  kill: method<OperationResult>()('operate', 'end a program and its tree at once, without grace', one),
  reload: method<OperationResult>()('operate', 'send a running program its reload signal', one),
  pause: method<OperationResult>()('operate', 'freeze a program and its tree', one),
  resume: method<OperationResult>()('operate', 'let a paused program go on', one),
  enable: method<OperationResult>()('operate', 'allow a program to be started, and start it', one),
  disable: method<OperationResult>()('operate', 'stop a program and forbid starting it', one),
  add: method<DefinitionResult>()(
    'operate',
    'define a program in the registry, and start it',
    z.strictObject({ definition: definitionSchema }),
  ),
  update: method<DefinitionResult>()(
    'operate',
    'change what is named of a program, in place where that is possible',
    one.extend({ changes: changesSchema }),
  ),
  remove: method<DefinitionResult>()('operate', 'stop a program and take it out of the registry', one),
  scale: method<DefinitionResult>()(
    'operate',
    'change how many instances of a program run',
    one.extend({ instances: z.number().int().min(0).max(1000) }),
  ),
  settings: method<readonly SettingResult[]>()('read', 'the settings of the engine that are in force', none),
  changeSetting: method<SettingResult>()(
    'admin',
    'change a setting; null takes it back to its default',
    z.strictObject({ key: z.string().max(300), value: z.json() }),
  ),
  remoteConfig: method<Readonly<Record<string, unknown>>>()(
    'read',
    'a section of the configuration of the remote API',
    z.strictObject({ section: z.enum(CONFIG_SECTIONS) }),
  ),
  changeRemoteConfig: method<Readonly<Record<string, unknown>>>()(
    'admin',
    'replace a section of the configuration of the remote API; what is left out has its default',
    z.strictObject({ section: z.enum(CONFIG_SECTIONS), content: z.record(z.string(), z.json()) }),
  ),
  checkHealth: method<CheckedHealth>()('operate', 'probe a program now, as its health check says', one),
  hold: method<OperationResult>()(
    'operate',
    'switch the healing of a program off; faults are still told',
    one.extend({ forMs }),
  ),
  release: method<OperationResult>()('operate', 'switch the healing of a program on again', one),
  holdAll: method<HoldAllResult>()('operate', 'switch healing off as a whole', z.strictObject({ forMs })),
  releaseAll: method<HoldAllResult>()('operate', 'switch healing on again, for every program', none),
  cooldowns: method<readonly CooldownView[]>()('read', 'restarts within the window, for each program', none),
  cooldownReset: method<OperationResult>()('operate', 'end a cooldown and start the program', one),
  anomalies: method<readonly AnomalyRecord[]>()(
    'read',
    'what detectors found in the last 24 hours, oldest first',
    z.strictObject({ id: processIdSchema.optional() }),
  ),
  zombies: method<readonly ZombieView[]>()('read', 'dead processes that nobody has reaped, oldest first', none),
  cleanZombies: method<ZombieCleanup>()(
    'operate',
    'ask the parents of dead processes to reap them, and restart programs that do not where they say so',
    none,
  ),
  track: method<TrackedView>()('operate', 'end a process, tree and all, once its parent is gone', processOf),
  untrack: method<TrackedView>()('operate', 'let a tracked process alone again', processOf),
  trackStatus: method<TrackStatus>()('read', 'the processes that are tracked', none),
  logs: method<readonly LogLine[]>()(
    'read',
    'the last lines of a program, as many as fit in one message',
    one.extend({ tail: z.number().int().min(0).max(WIRE_LIMITS.tailLines).default(100) }),
  ),
  events: method<readonly EngineEvent[]>()(
    'read',
    'past events, oldest first',
    z.strictObject({
      /** Events after this one. */
      afterSeq: z.number().int().min(0).optional(),
      process: processIdSchema.optional(),
      kinds: z.array(eventKindSchema).optional(),
      limit: z.number().int().min(1).max(WIRE_LIMITS.batchItems).default(100),
    }),
  ),
  reloadConfig: method<ReloadResult>()(
    'admin',
    'read the sources of programs again and apply what changed, or tell what would be applied',
    z.strictObject({
      /** From now on these are the sources; absolute. Left out, they stay what they are. */
      files: z.array(z.string().regex(/^\//, 'an absolute path is needed').max(4096)).max(100).optional(),
      dryRun: z.boolean().default(false),
    }),
  ),
  shutdown: method<ShutdownResult>()(
    'admin',
    'stop every program and the engine',
    z.strictObject({ keep: z.boolean().default(false), timeoutMs }),
  ),
  restartMonitor: method<RestartMonitorResult>()(
    'operate',
    'replace the engine by a new process; programs run on and are taken over',
    none,
  ),
  subscribeSnapshot: method<Subscribed>()(
    'read',
    'the live table: first whole, then what changed',
    z.strictObject({ intervalMs: z.number().int().min(100).max(60_000).default(1000) }),
  ),
  subscribeEvents: method<Subscribed>()(
    'read',
    'events after a sequence number, then each new one',
    z.strictObject({ afterSeq: z.number().int().min(0).optional(), process: processIdSchema.optional() }),
  ),
  subscribeLog: method<Subscribed>()(
    'read',
    'the last lines of a program, or those after a cursor, then each new one',
    one.extend({
      tail: z.number().int().min(0).max(WIRE_LIMITS.tailLines).default(100),
      /** The cursor of an earlier message, also from an earlier engine. */
      after: z
        .string()
        .regex(/^[0-9a-z.]{1,60}:\d{1,15}:-?\d{1,9}$/, 'a cursor comes from an earlier message of this log')
        .optional(),
    }),
  ),
  unsubscribe: method<null>()('read', 'end a subscription', z.strictObject({ subscription: z.number().int() })),
} as const;

type Table = typeof METHODS;
export type MethodName = keyof Table;
/** What a caller writes: fields with a default may be left out. */
export type Params<M extends MethodName> = z.input<Table[M]['params']>;
/** What a handler reads: validated, defaults filled in. */
export type ParsedParams<M extends MethodName> = z.output<Table[M]['params']>;
/** What a caller gets. */
export type Result<M extends MethodName> = NonNullable<Table[M]['result']> | Extract<Table[M]['result'], null>;

/** The methods that start or end a stream belong to a connection; the rest is the engine's API. */
type ConnectionMethod = 'hello' | 'subscribeSnapshot' | 'subscribeEvents' | 'subscribeLog' | 'unsubscribe';
export type ApiMethod = Exclude<MethodName, ConnectionMethod>;

/** What the engine, the local client, the remote client and the fake of the tests all implement. */
export type EngineApi = {
  readonly [M in ApiMethod]: (params: Params<M>) => Promise<Result<M>>;
};

/** Whether a peer's message names one of the methods; what it sends may be anything. */
export function isMethodName(value: unknown): value is MethodName {
  return typeof value === 'string' && Object.hasOwn(METHODS, value);
}
