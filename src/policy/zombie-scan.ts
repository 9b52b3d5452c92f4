import type { ZombieResult } from '../protocol/results/zombie-view.ts';
import { describeZombies, type Zombie } from './zombies.ts';

/** A zombie, with the reason for leaving its parent alone; null if its parent may be signaled. */
export interface JudgedZombie extends Zombie {
  readonly untouched: string | null;
}

/** What a scan for zombies found and did. */
export interface ZombieScan {
  /** Zombies that were reaped after SIGCHLD. */
  readonly cleaned: readonly JudgedZombie[];
  /** Zombies that remain and have not been reported before. */
  readonly left: readonly JudgedZombie[];
  /** The programs that are restarted because they did not reap their children, or would be if healing were active. */
  readonly responses: ReadonlyMap<string, 'restarted' | 'would restart'>;
  /** False if healing is paused or in observe mode, so that no parent was signaled. */
  readonly mayAct: boolean;
  /** Time that the parents had to reap their zombies, in ms. */
  readonly patienceMs: number;
}

/** The number of zombies that an event lists; the others are only counted. */
const LISTED = 50;
const MS_PER_S = 1000;

/** Returns the event about a scan: each zombie with its parent and with what was done about it. */
export function describeScan(scan: ZombieScan): {
  readonly reason: string;
  readonly data: { readonly count: number; readonly zombies: readonly ZombieResult[] };
} {
  const { cleaned, left } = scan;
  const leftResults = left.map((zombie) => {
    const result = `${refusalOf(zombie, scan)}${responseTo(zombie, scan)}`;
    return { ...bareZombie(zombie), result };
  });
  const cleanedResults = cleaned.map((zombie) => ({ ...bareZombie(zombie), result: 'reaped after SIGCHLD' }));
  const refusals = new Set(left.map((zombie) => refusalOf(zombie, scan)));
  const responses = new Set(left.map((zombie) => responseTo(zombie, scan)));
  const results = `${[...refusals].join(', ')}${[...responses].join('')}`;
  const reasons = [
    `${describeZombies(left)}: ${results}`,
    ...(cleaned.length === 0 ? [] : [`${describeZombies(cleaned)} reaped after SIGCHLD`]),
  ];
  const zombies = [...leftResults, ...cleanedResults].slice(0, LISTED);
  return { reason: reasons.join('; '), data: { count: left.length + cleaned.length, zombies } };
}

/** Returns why a zombie remains. */
function refusalOf({ untouched }: JudgedZombie, { mayAct, patienceMs }: ZombieScan): string {
  if (untouched !== null) return `parent not signaled (${untouched})`;
  if (!mayAct) return 'parent not signaled (healing is paused or in observe mode)';
  return `not reaped within ${String(patienceMs / MS_PER_S)} s of SIGCHLD to its parent`;
}

/** Returns what is done about the program of a zombie, as an addition to a sentence. */
function responseTo({ program }: JudgedZombie, { responses }: ZombieScan): string {
  const response = program === null ? undefined : responses.get(program);
  if (response === undefined) return '';
  return response === 'restarted'
    ? `; program "${String(program)}" is restarted`
    : `; program "${String(program)}" would be restarted if healing were active`;
}

function bareZombie({ pid, name, parentPid, parentName, program }: Zombie): Omit<ZombieResult, 'result'> {
  return { pid, name, parentPid, parentName, program };
}
