import type { ColorLevel } from '../../base/color-support.ts';
import type { EngineTarget } from '../../client/connection/engine-target.ts';
import type { FleetAccess, TabName } from '../state/state.ts';
import type { ReadSettings } from './settings.ts';
import type { SaveSettings } from './settings-saver.ts';

/** Settings of the screen. */
export interface ScreenOptions {
  readonly target: EngineTarget;
  /** The name that is shown until the engine responds. */
  readonly instance: string;
  /** Shows everything but changes nothing. */
  readonly readOnly: boolean;
  readonly color: ColorLevel;
  readonly ascii: boolean;
  /** Whether the mouse selects rows. While it is off, the mouse selects text. */
  readonly mouse: boolean;
  /** Writes sentences for a screen reader instead of drawing a screen. */
  readonly screenReader: boolean;
  /** What the user's settings file says, and what is wrong with it. */
  readonly read: ReadSettings;
  /** Saves settings that the user changed, by their names in the settings file; undefined removes one. */
  readonly saveSettings?: SaveSettings;
  /** Starts the engine and resolves once it responds; null if it runs on another machine. */
  readonly startEngine: (() => Promise<void>) | null;
  readonly fleet: FleetAccess;
  /** What is shown first; the programs by default. */
  readonly tab?: TabName;
}
