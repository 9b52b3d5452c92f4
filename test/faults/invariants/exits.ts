import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import type { FaultBed } from '../bed.ts';
import { SUBJECTS } from '../catalog.ts';
import { names } from './rotated-file.ts';

/** What a run of an exiting program did, as it recorded in advance. */
interface OwnRecord {
  readonly pid: number;
  readonly startedAtMs: number;
  /** An exit code, or the name of a signal. */
  readonly how: string;
}

/** The recorded exit codes and signals are those that the programs chose. An exit that healer could not observe may be unknown. */
export function exitProblems(bed: FaultBed, events: readonly EngineEvent[]): readonly string[] {
  // The times of programs and events differ if the clock was changed.
  if (bed.mode.hasFakeClock) return [];
  return SUBJECTS.filter(({ role }) => role === 'exits').flatMap(({ id }) => {
    const records = ownRecords(bed, id);
    return events
      .filter(({ kind, process }) => process === id && (kind === 'exited' || kind === 'crashed'))
      .flatMap(({ seq, kind, pid, time, data }) => {
        const run = records.findLast((each) => each.pid === pid && each.startedAtMs <= Date.parse(time));
        const { code, signal } = data as { readonly code?: number | null; readonly signal?: string | null };
        const recorded = signal ?? String(code ?? '');
        // It may have been killed or stopped before it did what it had recorded, or before it recorded anything: then the record
        // is that of an earlier run with the same pid.
        const isEnded = recorded === 'SIGKILL' || (recorded === 'SIGTERM' && kind === 'exited');
        if (run === undefined || recorded === '' || recorded === run.how || isEnded) return [];
        return [`event ${seq}: the exit of ${pid ?? 0} of "${id}" was recorded as ${recorded}, but was ${run.how}`];
      });
  });
}

/** Two main processes of a program never run at the same time, not even briefly. */
export function doubleProblems(bed: FaultBed): readonly string[] {
  return readText(join(bed.countsDir, 'doubled'))
    .split('\n')
    .filter(Boolean)
    .map((line) => `a second process of "${line.replace(' ', '" was started: ')}`);
}

/** In the order of their starts. */
function ownRecords(bed: FaultBed, id: string): readonly OwnRecord[] {
  const prefix = `exit.${id}.`;
  return names(bed.countsDir)
    .filter((name) => name.startsWith(prefix))
    .map((name) => {
      const [pid, startedAtUs] = name.slice(prefix.length).split('-').map(Number);
      const how = readText(join(bed.countsDir, name));
      return { pid: pid ?? 0, startedAtMs: (startedAtUs ?? 0) / 1_000, how };
    })
    .sort((a, b) => a.startedAtMs - b.startedAtMs);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
