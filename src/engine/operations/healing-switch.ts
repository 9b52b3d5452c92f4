import { HEALING_ON, type HealingMode } from '../../policy/healing.ts';
import { later, type Moment, recallFuture, wallTimeOf } from '../../policy/moment.ts';
import type { Clock } from '../core/clock.ts';
import type { HealingModes } from '../core/engine.ts';
import type { EventRecorder } from '../core/ports.ts';
import { Watchers } from '../core/watchers.ts';
import type { StoredHolds } from '../store/hold-file.ts';

interface Hold {
  readonly until: Moment | null;
  /** How long it was to last when it began: no change of the wall clock may extend it. */
  readonly forMs: number | null;
  readonly cancel: () => void;
}

/** The longest timer; it bounds a pause that a changed wall clock would extend. */
const LONGEST_HOLD_MS = 2_147_483_647;

export interface HealingSwitchPorts {
  readonly clock: Clock;
  readonly recorder: EventRecorder;
  readonly save: (holds: StoredHolds) => void;
}

/** Pauses and resumes healing on behalf of the operator, for one program or for all, for a time or until it is resumed. */
export class HealingSwitch implements HealingModes {
  readonly onChange = new Watchers<[id: string | null]>();
  readonly #ports: HealingSwitchPorts;
  /** The key null stands for all programs. */
  readonly #holds = new Map<string | null, Hold>();
  readonly #observesAll: boolean;

  constructor(ports: HealingSwitchPorts, observesAll: boolean) {
    this.#ports = ports;
    this.#observesAll = observesAll;
  }

  modeOf(id: string): HealingMode {
    const hold = this.#longest(this.#holds.get(id), this.#holds.get(null));
    if (hold !== undefined) return { mode: 'held', until: hold.until };
    return this.#observesAll ? { mode: 'observed', until: null } : HEALING_ON;
  }

  /** The mode for all programs, regardless of pauses of single programs. */
  get general(): HealingMode {
    return this.modeOf('');
  }

  isHeld(id: string | null): boolean {
    return this.#holds.has(id);
  }

  /** Ids of the programs whose healing is paused individually. */
  get held(): string[] {
    return [...this.#holds.keys()].filter((id) => id !== null);
  }

  /** Returns a time in ISO 8601 as the wall clock shows it now. */
  shownTimeOf(moment: Moment): string {
    return new Date(wallTimeOf(moment, this.#ports.clock.now())).toISOString();
  }

  hold(id: string | null, forMs: number | null): void {
    const { clock, recorder } = this.#ports;
    const until = forMs === null ? null : later(clock.now(), forMs);
    this.#set(id, until, forMs);
    const end = until === null ? 'until it is resumed' : `until ${new Date(until.wall).toISOString()}`;
    const reason = `healing paused by the operator ${end}`;
    recorder.record({ kind: 'held', process: id, pid: null, reason, data: {} });
    this.#changed(id);
  }

  release(id: string | null, reason = 'healing resumed by the operator'): void {
    const hold = this.#holds.get(id);
    if (hold === undefined) return;
    hold.cancel();
    this.#holds.delete(id);
    this.#ports.recorder.record({ kind: 'released', process: id, pid: null, reason, data: {} });
    this.#changed(id);
  }

  /** Restores the pauses of the previous engine. A pause that expired while no engine ran ends at once, with an event. */
  recall({ all, programs }: StoredHolds): void {
    const now = this.#ports.clock.now();
    const stored = [...Object.entries(programs), ...(all === null ? [] : [[null, all] as const])];
    for (const [id, { until, forMs = null }] of stored) {
      this.#set(id, until === null ? null : recallFuture(until, now, forMs ?? LONGEST_HOLD_MS), forMs);
    }
  }

  /** Drops the pause of a program that was removed. */
  forget(id: string): void {
    const hold = this.#holds.get(id);
    if (hold === undefined) return;
    hold.cancel();
    this.#holds.delete(id);
    this.#save();
  }

  close(): void {
    for (const { cancel } of this.#holds.values()) cancel();
  }

  #set(id: string | null, until: Moment | null, forMs: number | null): void {
    const { clock } = this.#ports;
    this.#holds.get(id)?.cancel();
    const cancel =
      until === null
        ? () => undefined
        : clock.after(Math.max(0, until.mono - clock.now().mono), () => {
            this.release(id, 'healing resumed: the pause has expired');
          });
    this.#holds.set(id, { until, forMs, cancel });
  }

  #changed(id: string | null): void {
    this.#save();
    this.onChange.emit(id);
  }

  #save(): void {
    const stored = [...this.#holds].map(([id, { until, forMs }]) => {
      const bound = forMs === null ? {} : { forMs };
      return [id, { until: until?.wall ?? null, ...bound }] as const;
    });
    this.#ports.save({
      all: stored.find(([id]) => id === null)?.[1] ?? null,
      programs: Object.fromEntries(stored.flatMap(([id, hold]) => (id === null ? [] : [[id, hold]]))),
    });
  }

  #longest(one: Hold | undefined, other: Hold | undefined): Hold | undefined {
    if (one === undefined || other === undefined) return one ?? other;
    return one.until === null || (other.until !== null && one.until.mono > other.until.mono) ? one : other;
  }
}
