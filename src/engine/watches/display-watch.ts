import type { DisplayView } from '../../policy/display.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import { listDisplaySockets } from '../os/desktop-sockets.ts';

/** After the sockets changed, each tick looks for a session: its programs start later than its server. */
const EAGER_TICKS = 60;
const PATIENT_EVERY_TICKS = 5;

/** Returns whether a run that is started now reaches a display. */
type DisplayOf = (spec: ProcessSpec) => DisplayView;

/** Starts programs that wait for a display once it accepts connections. It costs nothing while no program waits. */
export class DisplayWatch {
  readonly #engine: Pick<Engine, 'post'>;
  readonly #displayOf: DisplayOf;
  readonly #waiting = new Map<string, ManagedProgram>();
  #sockets = '';
  #ticks = 0;

  constructor(engine: Pick<Engine, 'post' | 'onChange' | 'onForgotten'>, displayOf: DisplayOf) {
    this.#engine = engine;
    this.#displayOf = displayOf;
    engine.onChange.add((entry) => this.#note(entry));
    engine.onForgotten.add(({ id }) => this.#waiting.delete(id));
  }

  /** Call it every second. */
  tick(): void {
    if (this.#waiting.size === 0) return;
    const sockets = listDisplaySockets().join('\n');
    this.#ticks = sockets === this.#sockets ? this.#ticks + 1 : 0;
    this.#sockets = sockets;
    if (this.#ticks > EAGER_TICKS && this.#ticks % PATIENT_EVERY_TICKS !== 0) return;
    for (const { id, program } of this.#waiting.values()) {
      if (this.#displayOf(program.spec).isReachable) this.#engine.post(id, { kind: 'displayAppeared' });
    }
  }

  #note(entry: ManagedProgram): void {
    const { state } = entry.program;
    if (state.name === 'waiting' && state.for === 'display') {
      if (!this.#waiting.has(entry.id)) this.#ticks = 0;
      this.#waiting.set(entry.id, entry);
    } else this.#waiting.delete(entry.id);
  }
}
