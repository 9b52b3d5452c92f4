import type { Fields } from '../reading/source-reading.ts';
import { REMOTE_SETTINGS } from './remote-settings.ts';
import { type SettingView, validSettings } from './settings.ts';

/** The settings of an engine that concern its peer engine. */
export interface PeerSettings {
  /** Whether the engine runs without a peer. */
  readonly isStandalone: boolean;
  /** The instance that watches this one; null when the engine does not look for a watcher. */
  readonly watcher: string | null;
  /** Where the peer serves its status; overrides the address that the peer itself reports. */
  readonly statusUrl: string | null;
  readonly startsPeer: boolean;
}

const DEFAULTS = REMOTE_SETTINGS['partner-discovery'].default;

/** Returns the default name of the instance that watches another one. */
export function watcherOf(instance: string): string {
  return instance === 'default' ? DEFAULTS.partnerInstanceId : `${instance}-${DEFAULTS.partnerInstanceId}`;
}

/** Returns the effective settings of an instance. Unless set, the watcher's name derives from the instance's name. */
export function peerSettingsOf(stored: Fields, instance: string): PeerSettings {
  const known = validSettings(stored);
  const discovery = known['partner-discovery'] ?? DEFAULTS;
  const { partnerInstanceId, partnerAlivenessPort, partnerStatusUrl, discoveryOnStartup } = discovery;
  const isNamed = partnerInstanceId !== DEFAULTS.partnerInstanceId;
  return {
    isStandalone: known['standalone-mode']?.enabled ?? false,
    watcher: discoveryOnStartup ? (isNamed ? partnerInstanceId : watcherOf(instance)) : null,
    statusUrl: urlFrom(partnerStatusUrl, partnerAlivenessPort),
    startsPeer: discovery.startPartnerIfMissing,
  };
}

/** Returns whether standalone mode is on, for commands that know the settings only as they are displayed. */
export function isStandaloneAmong(settings: readonly Pick<SettingView, 'key' | 'value' | 'isDefault'>[]): boolean {
  const stored = settings.filter(({ isDefault }) => !isDefault).map(({ key, value }) => [key, value] as const);
  return validSettings(Object.fromEntries(stored))['standalone-mode']?.enabled ?? false;
}

/** Null for a default, because engines report to each other where they listen. */
function urlFrom(url: string, port: number): string | null {
  if (url !== DEFAULTS.partnerStatusUrl) return url;
  return port === DEFAULTS.partnerAlivenessPort ? null : `http://127.0.0.1:${String(port)}/status`;
}
