import { Engine } from '../../src/engine/core/engine.ts';
import { type ManagedProgram, newProgram } from '../../src/engine/core/managed-program.ts';
import type { Ports, Recorder } from '../../src/engine/core/ports.ts';
import { OperationRunner } from '../../src/engine/operations/operation-runner.ts';
import { type MainProcess, type Program, runOf } from '../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeRunner } from './fake-runner.ts';
import { spec } from './programs.ts';

/** The main loop of the engine, with simulated processes and a clock that the test controls. */
export class TestEngine {
  readonly clock = new FakeClock();
  readonly runner = new FakeRunner(this.clock);
  readonly operations: OperationRunner;
  readonly engine: Engine;
  /** Ids of forgotten programs. */
  readonly forgotten: string[] = [];
  /** How often the mailbox became empty. */
  settled = 0;
  /** The state of each program, and the kinds of all events, whenever both were written. */
  readonly commits: string[] = [];
  /** The state of each program when a spawn was announced. */
  readonly launches: string[] = [];

  /** @param adapt replaces ports of the simulated processes */
  constructor(adapt: (ports: Ports) => Partial<Ports> = () => ({})) {
    const ports = { ...this.runner.ports, ...adapt(this.runner.ports) };
    const recorder: Recorder = {
      ...ports.recorder,
      flush: () => this.launches.push([...this.engine.programs.values()].map(describeEntry).join(', ')),
      commit: () => {
        this.settled += 1;
        this.commits.push(
          `${[...this.engine.programs.values()].map(describeEntry).join(', ')}: ${this.kinds().join()}`,
        );
      },
    };
    this.engine = new Engine({ clock: this.clock, ports: { ...ports, recorder } });
    this.engine.onForgotten.add(({ id }) => this.forgotten.push(id));
    this.operations = new OperationRunner(this.engine, this.clock);
    this.runner.connect((id, fact) => this.engine.post(id, fact));
  }

  add(fields: Partial<ProcessSpecInput> = {}): void {
    this.engine.add(newProgram(spec(fields)), 'process_list.txt:1');
  }

  /** Defines and starts a program, and waits until it is running. */
  run(fields: Partial<ProcessSpecInput> = {}): void {
    const { id, startSeconds } = spec(fields);
    this.add(fields);
    this.engine.post(id, { kind: 'startRequested', by: 'boot' });
    this.clock.advance(startSeconds * 1000);
  }

  program(id = 'web'): Program {
    return this.entry(id).program;
  }

  entry(id = 'web'): ManagedProgram {
    return this.operations.find(id);
  }

  /** Returns the main process of a program that runs. */
  main(id = 'web'): MainProcess {
    const run = runOf(this.program(id).state);
    if (run === null) throw new Error(`"${id}" does not run`);
    return run;
  }

  state(id = 'web'): string {
    return this.program(id).state.name;
  }

  /** Returns the kinds of all events so far. */
  kinds(): string[] {
    return this.runner.events.map(({ kind }) => kind);
  }
}

function describeEntry({ id, program }: ManagedProgram): string {
  return `${id} ${program.state.name}`;
}
