import type { Environment } from '../../../base/environment.ts';

/** One app as an ecosystem file writes it; the keys are PM2's own once they were made canonical. */
export type App = Readonly<Record<string, unknown>>;

/** What an app cannot say itself and its meaning depends on. */
export interface AppContext {
  /** As in `ecosystem.config.js: apps[0]`. */
  readonly place: string;
  /** Of the ecosystem file; absolute. */
  readonly folder: string;
  readonly envName: string | null;
  /** In which the file was evaluated. */
  readonly environment: Environment;
  /** What "max" instances are. */
  readonly processors: number;
}
