import { sanitizeText } from '../base/sanitize-text.ts';
import { toHealerError } from '../protocol/errors.ts';
import type { FleetEnd } from './fleet/fleet-screen.ts';
import type { FleetSession } from './fleet/fleet-session.ts';
import type { FleetSource } from './fleet/fleet-source.ts';
import { RunningScreen } from './screens/running-screen.ts';
import type { ScreenOptions } from './screens/screen-options.ts';
import type { ExitCause } from './terminal/exit-cause.ts';

const LOAD_FLEET_MS = 1_000;

interface Options extends Omit<ScreenOptions, 'fleet'> {
  readonly fleet: FleetSource | null;
  readonly first: 'programs' | 'fleet';
}

/** Shows the programs of an engine, the hosts of a fleet, and the programs of one of them, one after the other. */
export class Screens {
  readonly #options: Options;
  #session: FleetSession | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Resolves when the user leaves, or a screen fails. */
  async show(): Promise<ExitCause> {
    const { first, fleet } = this.#options;
    let end: FleetEnd = first === 'fleet' && fleet !== null ? { kind: 'fleet' } : { kind: 'local' };
    try {
      for (;;) {
        if (end.kind === 'fleet') end = await this.#showFleet();
        else if (end.kind === 'local') end = await this.#showEngine();
        else if (end.kind === 'host') end = await this.#showHost(end);
        else return end;
      }
    } finally {
      this.#session?.close();
    }
  }

  #showEngine(): Promise<ExitCause> {
    const { fleet } = this.#options;
    // Before an upgrade can replace the files, but after the first frames.
    if (fleet !== null) setTimeout(() => void this.#loadFleet().catch(() => undefined), LOAD_FLEET_MS).unref();
    return shown((resolve) =>
      new RunningScreen({ ...this.#options, fleet: fleet === null ? 'none' : 'held' }, resolve).open(),
    );
  }

  /** Most users have no fleet, so its screen is not loaded with the others. */
  #loadFleet() {
    return Promise.all([import('./fleet/fleet-screen.ts'), import('./fleet/fleet-session.ts')]);
  }

  async #showFleet(): Promise<FleetEnd> {
    const { fleet } = this.#options;
    if (fleet === null) return { kind: 'local' };
    const [{ FleetScreen }, { FleetSession }] = await this.#loadFleet();
    const session = (this.#session ??= new FleetSession(fleet));
    return shown((resolve) => new FleetScreen({ ...this.#options, session }, resolve).open());
  }

  async #showHost({ host, tab }: Extract<FleetEnd, { kind: 'host' }>): Promise<ExitCause> {
    const session = this.#session;
    if (session === null) return { kind: 'fleet' };
    try {
      const target = session.targetOf(host);
      const options = { ...this.#options, target, instance: `fleet:${host.host}`, startEngine: null, tab } as const;
      return await shown((resolve) => new RunningScreen({ ...options, fleet: 'opened' }, resolve).open());
    } catch (error) {
      session.model.message = { text: sanitizeText(toHealerError(error).message), tone: 'bad' };
      return { kind: 'fleet' };
    }
  }
}

function shown<End>(open: (resolve: (end: End) => void) => void): Promise<End> {
  return new Promise(open);
}
