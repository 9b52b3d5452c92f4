import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PRIVATE_FILE } from '../../base/atomic-file.ts';
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

type Offer = Omit<Repair, 'check'>;
type RepairsOf = (machine: Machine) => readonly (Offer | null)[];

/** Repairs by check. Everything else needs a decision, or rights that healer does not have. */
const REPAIRS: Readonly<Record<string, RepairsOf>> = {
  'config folder': (machine) => privateFolder(machine, machine.paths.configDir),
  'state folder': (machine) => privateFolder(machine, machine.paths.stateDir),
  'runtime folder': (machine) => privateFolder(machine, machine.paths.runtimeDir),
  registry: (machine) => [privateMode(machine, machine.paths.registryFile, PRIVATE_FILE)],
  alerts: (machine) => [privateConfig(machine, 'alerts_config.txt')],
  mail: (machine) => [privateConfig(machine, 'email_config.txt')],
  lingering: ({ userName }) => [command(['loginctl', 'enable-linger', userName])],
  inotify: ({ uid }) => [uid === 0 ? command(['sysctl', '-w', ...INOTIFY]) : null],
};

const PRIVATE_FOLDER = 0o700;
const INOTIFY = ['fs.inotify.max_user_watches=8192', 'fs.inotify.max_user_instances=128'];

/** Returns what can be done about the problems that were found, each action once. */
export function repairsOf(diagnoses: readonly Diagnosis[], machine: Machine): readonly Repair[] {
  const repairs = new Map<string, Repair>();
  for (const { check, status } of diagnoses) {
    for (const offer of status === 'ok' ? [] : (REPAIRS[check]?.(machine) ?? [])) {
      if (offer !== null && !repairs.has(offer.action)) repairs.set(offer.action, { check, ...offer });
    }
  }
  return [...repairs.values()];
}

function privateFolder(machine: Machine, path: string): readonly (Offer | null)[] {
  const own = machine.stat(path)?.isDirectory() === true ? privateMode(machine, path, PRIVATE_FOLDER) : null;
  return [protectedHome(machine), own];
}

/** The folder that holds everything may be readable, but others who can write to it could replace what is in it. */
function protectedHome(machine: Machine): Offer | null {
  const home = machine.env['HEALER_HOME'] ?? '';
  const mode = machine.stat(home)?.mode ?? 0;
  if (home === '' || machine.unsafe(home)?.place !== home) return null;
  return privateMode(machine, home, mode & 0o755);
}

function privateConfig(machine: Machine, name: string): Offer | null {
  return privateMode(machine, join(machine.paths.configDir, name), PRIVATE_FILE);
}

/** Only the owner of a file can change its mode, and other problems are not solved by it. */
function privateMode({ stat, uid }: Machine, path: string, mode: number): Offer | null {
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

function command([program = '', ...args]: readonly string[]): Offer {
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
