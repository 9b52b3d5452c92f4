import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../base/thrown.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Machine } from './machine.ts';

/** What `healer doctor --fix` can do about a problem. */
export interface Repair {
  readonly check: string;
  /** In the imperative: "run \"loginctl enable-linger me\"". */
  readonly action: string;
  /** Whether it only protects files of healer and of this user, so that no question is needed. */
  readonly isSafe: boolean;
  /** @throws Error if it fails */
  readonly apply: () => Promise<void>;
}

type RepairOf = (machine: Machine) => Omit<Repair, 'check'> | null;

/** Repairs by check. Everything else needs a decision, or rights that healer does not have. */
const REPAIRS: Readonly<Record<string, RepairOf>> = {
  'config folder': (machine) => privateFolder(machine, machine.paths.configDir),
  'state folder': (machine) => privateFolder(machine, machine.paths.stateDir),
  'runtime folder': (machine) => privateFolder(machine, machine.paths.runtimeDir),
  mail: (machine) => privateMode(machine, join(machine.paths.configDir, 'email_config.txt'), 0o600),
  lingering: ({ userName }) => command(['loginctl', 'enable-linger', userName]),
  inotify: ({ uid }) => (uid === 0 ? command(['sysctl', '-w', ...INOTIFY]) : null),
};

const INOTIFY = ['fs.inotify.max_user_watches=8192', 'fs.inotify.max_user_instances=128'];

/** Returns what can be done about the problems that were found. */
export function repairsOf(diagnoses: readonly Diagnosis[], machine: Machine): readonly Repair[] {
  return diagnoses.flatMap(({ check, status }) => {
    const repair = status === 'ok' ? null : (REPAIRS[check]?.(machine) ?? null);
    return repair === null ? [] : [{ check, ...repair }];
  });
}

function privateFolder(machine: Machine, path: string): ReturnType<RepairOf> {
  return machine.stat(path)?.isDirectory() === true ? privateMode(machine, path, 0o700) : null;
}

/** Only the owner of a file can change its mode, and other problems are not solved by it. */
function privateMode({ stat, uid }: Machine, path: string, mode: number): ReturnType<RepairOf> {
  const facts = stat(path);
  if (facts?.uid !== uid || (facts.mode & 0o777) === mode) return null;
  return {
    action: `chmod ${mode.toString(8)} "${path}"`,
    isSafe: true,
    apply: () => {
      chmodSync(path, mode);
      return Promise.resolve();
    },
  };
}

function command([program = '', ...args]: readonly string[]): ReturnType<RepairOf> {
  return {
    action: [program, ...args].join(' '),
    isSafe: false,
    apply: async () => {
      await promisify(execFile)(program, args, { timeout: 30_000 }).catch((error: unknown) => {
        throw new Error(
          messageOf(error)
            .replaceAll(/\s*\n\s*/g, ': ')
            .replace(/: $/, ''),
        );
      });
    },
  };
}
