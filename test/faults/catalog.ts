import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SUBJECT = fileURLToPath(new URL('../fixtures/programs/subject.pl', import.meta.url));

/** The behavior of a program, as implemented in `subject.pl`. */
type Role =
  | 'counter'
  | 'flood'
  | 'long'
  | 'torn'
  | 'quiet'
  | 'stubborn'
  | 'slow'
  | 'crasher'
  | 'exits'
  | 'finisher'
  | 'family'
  | 'daemon'
  | 'leaver'
  | 'forker'
  | 'server';

/** Where a program is defined: healer.yaml, a process list, the registry, or the healer.yaml of a second project. */
export type SourceKind = 'yaml' | 'list' | 'registry' | 'project';

export interface Subject {
  readonly id: string;
  readonly role: Role;
  /** Seconds between lines, until a crasher crashes, or until a slow program exits after SIGTERM. */
  readonly argument: number;
  readonly source: SourceKind;
  /** Whether it keeps running until it is stopped. */
  readonly isSteady: boolean;
  /** The highest number of processes of a run and its checks besides the main process. */
  readonly helpers: number;
  readonly dependsOn: readonly string[];
  /** The definition that it is an instance of. */
  readonly instanceOf: string | null;
  /** Fields of its definition in YAML. */
  readonly fields: (place: Place) => object;
}

/** What definitions refer to. */
export interface Place {
  readonly tag: string;
  /** The folder in which programs record lines, exits and pid files. */
  readonly counts: string;
  /** A free port for the server. */
  readonly port: number;
}

/** At most this many automatic restarts are allowed within `windowMs`; then the program enters a cooldown. */
export const COOLDOWN = { restarts: 4, windowMs: 8_000, durationMs: 3_000 } as const;

/** For the programs of all sources. */
export const DEFAULTS = {
  // Small files, so that faults occur during rotation too. All of them are kept for the check of the lines.
  logs: { maxSizeMb: 0.02, keep: 1_000 },
  startSeconds: 0.2,
  stop: { gracefulTimeoutMs: 1_500, forceTimeoutMs: 5_000 },
  restart: { backoffMs: [0, 200, 500], jitter: 0, cooldown: COOLDOWN },
};

const CHECK_TIMES = {
  intervalMs: 700,
  timeoutMs: 10_000,
  startupCheck: { initialDelayMs: 100, checkIntervalMs: 300, maxAttempts: 100 },
};

/** The number of instances of `multi`. */
export const INSTANCES = 3;

/** Programs with typical and with faulty behavior. */
export const SUBJECTS: readonly Subject[] = [
  ...['count-1', 'count-2', 'count-3'].map((id) => subject(id, 'counter', 0.02)),
  subject('chatty', 'counter', 0.002),
  subject('flood', 'flood', 2),
  subject('long-lines', 'long', 0.2),
  subject('torn', 'torn', 0.5, { isSteady: false }),
  ...['quiet-1', 'quiet-2'].map((id) => subject(id, 'quiet')),
  subject('stubborn-1', 'stubborn'),
  // They exit with code 0 after SIGTERM.
  ...[0.3, 5].map((seconds, index) =>
    subject(`slow-${index + 1}`, 'slow', seconds, { fields: () => ({ restart: { policy: 'always' } }) }),
  ),
  subject('family-1', 'family', 1, { helpers: 3 }),
  subject('family-2', 'family', 1, { helpers: 3, fields: () => ({ stop: { target: 'tree' } }) }),
  subject('daemon-1', 'daemon', 1, { helpers: 1 }),
  subject('daemon-2', 'daemon', 1, { helpers: 1, fields: () => ({ stop: { target: 'group' } }) }),
  subject('crash-quick', 'crasher', 0.1, { isSteady: false }),
  subject('crash-late', 'crasher', 3, { isSteady: false }),
  subject('exits', 'exits', 0.2, { isSteady: false }),
  subject('leaver', 'leaver', 2, { isSteady: false, helpers: 2 }),
  subject('finisher', 'finisher', 0.5, { isSteady: false }),
  subject('needs-1', 'quiet', 1, { dependsOn: ['count-1'] }),
  subject('needs-2', 'quiet', 1, { dependsOn: ['needs-1'] }),
  subject('job', 'finisher', 0.2, {
    isSteady: false,
    fields: () => ({ schedule: '*/5 * * * * *', restart: { policy: 'never' } }),
  }),
  subject('scheduled', 'quiet', 1, { fields: () => ({ schedule: '*/20 * * * * *' }) }),
  subject('checked', 'quiet', 1, {
    helpers: 2,
    fields: ({ tag }) => ({
      health: { ...CHECK_TIMES, check: { type: 'exec', command: 'perl', args: [SUBJECT, tag, 'checked', 'check'] } },
    }),
  }),
  subject('needs-checked', 'quiet', 1, { dependsOn: ['checked'] }),
  subject('server', 'server', 1, {
    fields: ({ port }) => ({
      health: { ...CHECK_TIMES, check: { type: 'http', url: `http://127.0.0.1:${port}/`, body: 'fine' } },
    }),
  }),
  subject('forker', 'forker', 1, {
    fields: ({ counts }) => ({ type: 'forking', pidFile: join(counts, 'forker.pid') }),
  }),
  ...Array.from({ length: INSTANCES }, (_, index) =>
    subject(`multi-${index}`, 'counter', 0.05, { instanceOf: 'multi' }),
  ),
  subject('listed-quiet', 'quiet', 1, { source: 'list' }),
  subject('listed-count', 'counter', 0.03, { source: 'list' }),
  subject('listed-crash', 'crasher', 1, { source: 'list', isSteady: false }),
  subject('listed-family', 'family', 1, { source: 'list', helpers: 3 }),
  subject('added-count', 'counter', 0.03, { source: 'registry' }),
  subject('added-daemon', 'daemon', 1, { source: 'registry', helpers: 1 }),
  subject('project-count', 'counter', 0.03, { source: 'project' }),
  subject('project-crash', 'crasher', 2, { source: 'project', isSteady: false }),
];

function subject(id: string, role: Role, argument = 1, more: Partial<Subject> = {}): Subject {
  return {
    id,
    role,
    argument,
    source: 'yaml',
    isSteady: true,
    helpers: 0,
    dependsOn: [],
    instanceOf: null,
    fields: () => ({}),
    ...more,
  };
}

/** The id under which the program is defined. */
export function definedIdOf({ id, instanceOf }: Subject): string {
  return instanceOf ?? id;
}

/** Returns the command line of the program. A different `revision` is a change that restarts the program. */
export function commandOf(subject: Subject, { tag, counts, port }: Place, revision: number): readonly string[] {
  const { role, argument } = subject;
  const own = role === 'forker' ? join(counts, 'forker.pid') : role === 'server' ? port : argument;
  return ['perl', SUBJECT, tag, definedIdOf(subject), role, String(own), String(revision)];
}

/** Returns the definition of the program for healer.yaml. */
export function definitionOf(subject: Subject, place: Place, revision: number): object {
  const [command, ...args] = commandOf(subject, place, revision);
  const { dependsOn, instanceOf, fields } = subject;
  const isHealthy = (id: string): boolean => id === 'checked';
  return {
    command,
    args,
    dependsOn: dependsOn.map((id) => ({ id, condition: isHealthy(id) ? 'healthy' : 'started' })),
    ...(instanceOf === null ? {} : { instances: INSTANCES }),
    ...fields(place),
  };
}
