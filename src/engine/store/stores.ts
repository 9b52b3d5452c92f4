import type { Paths } from '../../config/instance/paths.ts';
import { CooldownFile, type CooldownEntry } from './cooldown-file.ts';
import { EventLog } from './event-log.ts';
import { SeqNote } from './seq-note.ts';
import { HoldFile, type StoredHolds } from './hold-file.ts';
import { StateStore, type StoredState } from './state-store.ts';
import { LearnedFiles } from './learned-files.ts';
import { type LoadedTotals, TotalsFile } from './totals-file.ts';

/** The files that hold the state of the engine. */
export interface Stores {
  readonly state: StateStore;
  readonly cooldown: CooldownFile;
  readonly holds: HoldFile;
  readonly totals: TotalsFile;
  readonly learned: LearnedFiles;
  readonly events: EventLog;
}

/** The state that the previous engine left. */
export interface Recollection {
  readonly stored: StoredState;
  readonly cooldowns: ReadonlyMap<string, CooldownEntry>;
  /** The number of the last event that `cooldowns` reflect; null if it is unknown. */
  readonly cooldownSeq: number | null;
  readonly holds: StoredHolds;
  readonly totals: LoadedTotals;
  /** The unreadable parts, one sentence each. */
  readonly problems: readonly string[];
}

/** Creates the stores without reading their files; see `loadStores`. */
export function createStores(paths: Paths, bootId: string): Stores {
  return {
    state: new StateStore(paths.stateFile, bootId),
    cooldown: new CooldownFile(paths.cooldownFile),
    holds: new HoldFile(paths.holdFile),
    totals: new TotalsFile(paths.totalsFile),
    learned: new LearnedFiles(paths.learnedFolder),
    events: new EventLog(paths.healingLog, new SeqNote(paths.seqNote)),
  };
}

/** Reads all stores. Damaged files are copied and reported as problems; their readable parts are used. */
export function loadStores({ state, cooldown, holds, totals, events }: Stores, nowWall: number): Recollection {
  const stored = state.load(nowWall);
  const eventProblem = events.load(stored.lastSeq);
  const cooldowns = cooldown.load(nowWall);
  const held = holds.load(nowWall);
  const counted = totals.load(nowWall);
  const lostState =
    stored.bootId === null && events.lastSeq > 0 && stored.problems.length === 0
      ? 'the state file was removed or emptied: running programs are found by their marks, but their counters are lost'
      : null;
  const found = [lostState, ...stored.problems, eventProblem, cooldowns.problem, held.problem, counted.problem];
  const problems = found.filter((problem) => problem !== null);
  return {
    stored,
    cooldowns: cooldowns.entries,
    cooldownSeq: cooldowns.seq,
    holds: held.holds,
    totals: counted,
    problems,
  };
}
