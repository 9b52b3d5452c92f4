import { fileURLToPath } from 'node:url';

const SUBJECT = fileURLToPath(new URL('../fixtures/programs/subject.pl', import.meta.url));

/** The behavior of a program, as implemented in `subject.pl`. */
type Role = 'counter' | 'quiet' | 'stubborn' | 'slow' | 'crasher' | 'finisher' | 'family' | 'daemon' | 'leaver';

export interface Subject {
  readonly id: string;
  readonly role: Role;
  /** Seconds between lines, until a crasher crashes, or until a slow program exits after SIGTERM. */
  readonly argument: number;
  /** Whether it keeps running until it is stopped. */
  readonly isSteady: boolean;
  /** The number of processes of a run besides its main process. */
  readonly helpers: number;
  readonly dependsOn: readonly string[];
}

/** At most this many automatic restarts are allowed within `windowMs`; then the program enters a cooldown. */
export const COOLDOWN = { restarts: 4, windowMs: 8_000, durationMs: 3_000 } as const;

/** About twenty programs with typical and with faulty behavior. */
export const SUBJECTS: readonly Subject[] = [
  ...['count-1', 'count-2', 'count-3', 'count-4'].map((id) => subject(id, 'counter', 0.02)),
  subject('chatty', 'counter', 0.002),
  ...['quiet-1', 'quiet-2', 'quiet-3'].map((id) => subject(id, 'quiet')),
  ...['stubborn-1', 'stubborn-2'].map((id) => subject(id, 'stubborn')),
  subject('slow-1', 'slow', 0.3),
  subject('slow-2', 'slow', 5),
  ...['family-1', 'family-2'].map((id) => subject(id, 'family', 1, { helpers: 3 })),
  ...['daemon-1', 'daemon-2'].map((id) => subject(id, 'daemon', 1, { helpers: 1 })),
  subject('crash-quick', 'crasher', 0.1, { isSteady: false }),
  subject('crash-late', 'crasher', 3, { isSteady: false }),
  subject('leaver', 'leaver', 2, { isSteady: false, helpers: 2 }),
  subject('finisher', 'finisher', 0.5, { isSteady: false }),
  subject('needs-1', 'quiet', 1, { dependsOn: ['count-1'] }),
  subject('needs-2', 'counter', 0.02, { dependsOn: ['needs-1', 'family-1'] }),
];

function subject(id: string, role: Role, argument = 1, more: Partial<Subject> = {}): Subject {
  return { id, role, argument, isSteady: true, helpers: 0, dependsOn: [], ...more };
}

/** Returns the definition of the program for healer.yaml. A different `revision` is a change that restarts the program. */
export function definitionOf(
  { id, role, argument, dependsOn }: Subject,
  { tag, revision, counts }: { readonly tag: string; readonly revision: number; readonly counts: string },
): object {
  return {
    command: 'perl',
    args: [SUBJECT, tag, id, role, String(argument)],
    env: { REVISION: String(revision), FAULT_COUNTS: counts },
    // Small files, so that faults occur during rotation too. All of them are kept for the check of the lines.
    logs: { maxSizeMb: 0.02, keep: 1_000 },
    dependsOn: dependsOn.map((dependency) => ({ id: dependency, condition: 'started' })),
    startSeconds: 0.2,
    stop: { gracefulTimeoutMs: 1_500, forceTimeoutMs: 5_000 },
    restart: { backoffMs: [0, 200, 500], jitter: 0, cooldown: COOLDOWN },
  };
}
