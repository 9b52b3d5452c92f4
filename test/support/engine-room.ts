import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureFolder } from '../../src/base/atomic-file.ts';
import { ParsedSources } from '../../src/config/sources/parsed-sources.ts';
import { resolvePaths } from '../../src/config/instance/paths.ts';
import { systemClock } from '../../src/engine/core/clock.ts';
import { startPortableTransport } from '../../src/engine/logs/portable-transport.ts';
import { type ManagedProgram, newProgram } from '../../src/engine/core/managed-program.ts';
import { createOwnerIdOf, createRunMarks } from '../../src/engine/os/run-mark.ts';
import { becomeSubreaper } from '../../src/engine/os/subreaper.ts';
import { assembleEngine, type RunningEngine } from '../../src/engine/assembly/running-engine.ts';
import { shutDownEngine } from '../../src/engine/assembly/shut-down-engine.ts';
import { startEngine } from '../../src/engine/assembly/start-engine.ts';
import { createSampler } from '../../src/engine/sampling/create-sampler.ts';
import { createHostSampler } from '../../src/engine/sampling/host-facts.ts';
import type { EngineEvent } from '../../src/protocol/engine-event.ts';
import type { EventKind } from '../../src/protocol/event-kinds.ts';
import type { ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import { requireLibc } from './launch-room.ts';
import { spec } from './programs.ts';
import { waitFor } from './wait-for.ts';

const PATIENCE_MS = 20_000;

/** A complete engine in this process, with real programs that the test defines. */
export class EngineRoom implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'healer-room-'));
  readonly running: RunningEngine;
  readonly events: EngineEvent[] = [];

  constructor() {
    const paths = resolvePaths({ HEALER_HOME: this.folder });
    for (const folder of [paths.stateDir, paths.runtimeDir, paths.logsDir, paths.pipesDir]) ensureFolder(folder);
    const libc = requireLibc();
    // Orphans must be reparented to this process, as they are to an engine in its own process.
    becomeSubreaper(libc);
    const now = (): number => systemClock.now().mono;
    const ignoreAll = { onExit: () => undefined, onGap: () => undefined, onTrouble: () => undefined };
    this.running = assembleEngine({
      paths,
      sources: { ups: [], problem: null, parsed: new ParsedSources() },
      observes: false,
      clock: systemClock,
      libc,
      logs: startPortableTransport({ pipesDir: paths.pipesDir, logsDir: paths.logsDir, listener: ignoreAll }).transport,
      sampler: createSampler(now, createOwnerIdOf(createRunMarks(paths.stateDir))),
      host: createHostSampler({ now, diskPath: this.folder }),
      containment: { cgroups: null, problem: 'not used in this test' },
    });
    this.running.records.onEvents.add((events) => this.events.push(...events));
  }

  static async open(): Promise<EngineRoom> {
    const room = new EngineRoom();
    await startEngine(room.running, { exits: [], runs: [], hasCollector: false, cleared: [] });
    return room;
  }

  start(fields: Partial<ProcessSpecInput>): ManagedProgram {
    const { engine, operations } = this.running;
    const defined = spec(fields);
    engine.add(newProgram(defined), 'the test');
    engine.post(defined.id, { kind: 'startRequested', by: 'operator' });
    return operations.find(defined.id);
  }

  event(kind: EventKind, fits: (event: EngineEvent) => boolean = () => true): Promise<EngineEvent> {
    return waitFor(
      () => this.events.find((event) => event.kind === kind && fits(event)),
      `an event "${kind}" among ${this.events.map((event) => event.kind).join(' ')}`,
      PATIENCE_MS,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await shutDownEngine(this.running, { keep: false, timeoutMs: null });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
