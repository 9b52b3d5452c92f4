import type { Environment } from '../../../base/environment.ts';

/** An app of an ecosystem file, with canonical keys. */
export type App = Readonly<Record<string, unknown>>;

/** What the conversion of an app depends on besides the app itself. */
export interface AppContext {
  /** The place of the app, such as `ecosystem.config.js: apps[0]`. */
  readonly place: string;
  /** The absolute path of the ecosystem file's folder. */
  readonly folder: string;
  readonly envName: string | null;
  /** Whether the app comes from a dump of PM2, whose scripts are always paths. */
  readonly isDump: boolean;
  /** The environment in which the file was evaluated. */
  readonly environment: Environment;
  /** The number of instances that "max" stands for. */
  readonly processors: number;
}
