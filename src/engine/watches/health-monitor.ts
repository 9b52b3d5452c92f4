import { isDeepStrictEqual } from 'node:util';
import {
  activeCheck,
  beginWatch,
  describeCheck,
  firstProbeDelay,
  type HealthRule,
  type HealthWatch,
  judgeProbe,
  nextProbeDelay,
} from '../../policy/health.ts';
import { isChecked, type Program, publicName, type Run } from '../../policy/lifecycle/state.ts';
import { HealerError } from '../../protocol/errors.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { CheckedHealth, CheckResult, HealthView } from '../../protocol/results/health-view.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { isSameProcess } from '../../base/process-identity.ts';
import { descriptors } from '../../base/descriptors.ts';
import type { Clock } from '../core/clock.ts';
import { KEPT_FREE } from '../core/kept-free.ts';
import type { Engine } from '../core/engine.ts';
import type { Surroundings } from '../health/probe.ts';
import { markInconclusive, NO_DESCRIPTORS } from '../health/own-shortage.ts';
import type { ProbeOutcome, RunProbe } from '../health/run-probe.ts';
import { HealthRecord } from './health-record.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

/** A socket, or the three pipes of a command. */
const DESCRIPTORS_PER_CHECK = 6;

export interface HealthMonitorPorts {
  readonly clock: Clock;
  readonly probe: RunProbe;
  readonly engine: Pick<Engine, 'post' | 'onChange' | 'onForgotten'>;
  /** Returns where the command of a check runs. Each probe has its own number. @throws HealerError */
  readonly surroundings: (spec: ProcessSpec, probeNumber: number) => Surroundings;
}

/** The probing of one run by one rule. The result of a probe is dropped once its probing has ended. */
interface Probing {
  readonly entry: ManagedProgram;
  readonly run: Run;
  rule: HealthRule;
  readonly ended: AbortController;
  watch: HealthWatch;
  cancelTimer: (() => void) | null;
  /** At most one probe per program runs at a time. */
  current: { readonly number: number; readonly result: Promise<CheckResult> } | null;
  /** Resolves once the connection of the previous probe is closed. */
  closing: Promise<void> | null;
}

/**
 * Probes every program that has a health check while it is up, and posts the verdicts. Nothing waits for a probe: one that
 * hangs costs a timer and a socket.
 */
export class HealthMonitor {
  readonly #ports: HealthMonitorPorts;
  readonly #probings = new Map<string, Probing>();
  readonly #records = new Map<string, HealthRecord>();
  #lastProbe = 0;
  #isClosed = false;

  constructor(ports: HealthMonitorPorts) {
    this.#ports = ports;
    ports.engine.onChange.add((entry) => this.#onChange(entry));
    ports.engine.onForgotten.add(({ id }) => this.#forget(id));
  }

  /** Starts, continues or stops probing a program that has changed. */
  #onChange(entry: ManagedProgram): void {
    const { id, program } = entry;
    const rule = activeCheck(program.spec);
    const probing = this.#probings.get(id);
    this.#records.get(id)?.noteHealth(program.health, this.#ports.clock.now().wall);
    if (rule === null && probing === undefined && program.health === 'unknown') return;
    const { state } = program;
    const run = isChecked(state, program.spec) ? state.run : null;
    const isSameRun =
      probing !== undefined && run !== null && probing.run.number === run.number && isSameProcess(probing.run, run);
    if (isSameRun && isSameRule(probing.rule, rule)) {
      probing.rule = rule;
      return;
    }
    this.#end(probing);
    if (isSameRun || rule === null) this.#ports.engine.post(id, { kind: 'healthCheckChanged' });
    if (run !== null && rule !== null && !this.#isClosed) this.#begin(entry, run, rule);
  }

  #forget(id: string): void {
    this.#end(this.#probings.get(id));
    this.#records.delete(id);
  }

  /**
   * Probes at once. A success counts like any other; a failure does not count, since a manual check must not trigger healing.
   * Without a health check, the state of the program is the answer.
   * @throws HealerError INVALID_STATE if the program has a health check and is not up
   */
  async checkNow({ id, program }: ManagedProgram): Promise<CheckedHealth> {
    const rule = activeCheck(program.spec);
    if (rule === null) return stateAsHealth(id, program, this.#ports.clock.now().wall);
    const probing = this.#probings.get(id);
    if (probing === undefined) {
      throw new HealerError('INVALID_STATE', `cannot check "${id}": it is ${statePhrase(publicName(program.state))}`, {
        id,
      });
    }
    const result = await (probing.current?.result ?? this.#probe(probing, 'requested'));
    return { id, asked: describeCheck(rule.check), health: probing.entry.program.health, ...result };
  }

  /** Returns null for a program without a health check. */
  viewOf({ id, program }: ManagedProgram): HealthView | null {
    const rule = activeCheck(program.spec);
    return rule === null ? null : (this.#records.get(id) ?? new HealthRecord()).view(rule);
  }

  /** Returns whether this probe is still running; processes of a probe that is not are leftovers. */
  isProbing(id: string, probeNumber: number): boolean {
    return this.#probings.get(id)?.current?.number === probeNumber;
  }

  close(): void {
    this.#isClosed = true;
    for (const probing of this.#probings.values()) this.#end(probing);
  }

  #begin(entry: ManagedProgram, run: Run, rule: HealthRule): void {
    const isStarting = entry.program.state.name === 'starting';
    const watch = beginWatch(isStarting && rule.startupCheck.enabled);
    const ended = new AbortController();
    const probing: Probing = { entry, run, rule, ended, watch, cancelTimer: null, current: null, closing: null };
    this.#probings.set(entry.id, probing);
    this.#recordOf(entry.id).startRun();
    this.#arm(probing, firstProbeDelay(watch, rule, this.#ports.clock.chance()));
  }

  #end(probing: Probing | undefined): void {
    if (probing === undefined) return;
    probing.cancelTimer?.();
    probing.ended.abort();
    this.#probings.delete(probing.entry.id);
  }

  #arm(probing: Probing, afterMs: number): void {
    probing.cancelTimer?.();
    probing.cancelTimer = this.#ports.clock.after(afterMs, () => {
      // A probe that was requested in the meantime replaces this one.
      if (probing.current === null) void this.#probe(probing, 'due');
    });
  }

  #probe(probing: Probing, reason: 'due' | 'requested'): Promise<CheckResult> {
    this.#lastProbe += 1;
    const number = this.#lastProbe;
    const result = this.#runProbe(probing, number, reason);
    probing.current = { number, result };
    return result;
  }

  async #runProbe(probing: Probing, number: number, reason: 'due' | 'requested'): Promise<CheckResult> {
    const { rule, ended, entry } = probing;
    const { clock, probe, surroundings } = this.#ports;
    // Also without a connection to wait for: the probe is noted as running first, so it must not end before that.
    await probing.closing;
    const began = clock.now();
    const request = {
      check: rule.check,
      timeoutMs: rule.timeoutMs,
      surroundings: () => surroundings(entry.program.spec, number),
      signal: ended.signal,
    };
    const hasRoom = descriptors.hasRoom(DESCRIPTORS_PER_CHECK, KEPT_FREE.checks);
    const outcome: ProbeOutcome = hasRoom ? markInconclusive(await probe(request)) : NO_DESCRIPTORS;
    const { closing = null, ...result } = outcome;
    const kept = { at: new Date(began.wall).toISOString(), ...result };
    probing.current = null;
    probing.closing = closing;
    if (ended.signal.aborted) return kept;
    // Healing may end the probing within this turn.
    this.#take(probing, kept, result.ok || reason === 'due');
    if (!probing.ended.signal.aborted) {
      const tookMs = clock.now().mono - began.mono;
      this.#arm(probing, nextProbeDelay(probing.watch, rule, tookMs, clock.chance()));
    }
    return kept;
  }

  #take(probing: Probing, { at, ...result }: CheckResult, counts: boolean): void {
    // A check that the engine itself could not perform is no evidence against the program.
    if (result.isInconclusive === true) return;
    const { entry, rule, watch: before } = probing;
    const { watch, verdict } = counts
      ? judgeProbe(before, rule, result)
      : ({ watch: before, verdict: 'none' } as const);
    probing.watch = watch;
    this.#recordOf(entry.id).add({ at, ...result }, watch.phase === 'startup');
    if (verdict === 'none') return;
    const among = watch.phase === 'steady' && !result.ok ? watch.recent?.length : undefined;
    const found = { asked: describeCheck(rule.check), ...result, ...(among === undefined ? {} : { among }) };
    const evidence = { ...found, times: result.ok ? 1 : Math.max(1, watch.failures) };
    this.#ports.engine.post(entry.id, { kind: FACT_OF[verdict], of: probing.run, evidence });
  }

  #recordOf(id: string): HealthRecord {
    const known = this.#records.get(id) ?? new HealthRecord();
    this.#records.set(id, known);
    return known;
  }
}

/** Returns the state of a program that has no health check as the result of one: it passes while the program runs. */
function stateAsHealth(id: string, { state, health, why, spec }: Program, nowMs: number): CheckedHealth {
  const name = publicName(state);
  const ok = name === 'running';
  const check = spec.health === null ? 'it has no health check' : 'its health check is disabled';
  const answer = ok ? `is running; ${check}` : `is ${name} (${why}); ${check}`;
  return {
    id,
    at: new Date(nowMs).toISOString(),
    ok,
    asked: 'its state',
    answer,
    latencyMs: 0,
    health,
    hasCheck: false,
  };
}

function isSameRule(before: HealthRule, after: HealthRule | null): after is HealthRule {
  return before === after || isDeepStrictEqual(before, after);
}

const FACT_OF = {
  healthy: 'becameHealthy',
  unhealthy: 'becameUnhealthy',
  'startup-failed': 'startupCheckFailed',
} as const;
