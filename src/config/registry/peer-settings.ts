import type { Fields } from './registry-content.ts';
import { REMOTE_SETTINGS } from './remote-settings.ts';
import { type SettingView, validSettings } from './settings.ts';

/** What the settings of an engine say of its partner. */
export interface PeerSettings {
  /** It starts no partner, and none starts it. */
  readonly isStandalone: boolean;
  /** Who may be its watcher; null when it is to look for none. */
  readonly watcher: string | null;
  /** Where the partner tells that it is alive, in place of what it says itself. */
  readonly statusUrl: string | null;
  readonly startsPartner: boolean;
}

const USUAL = REMOTE_SETTINGS['partner-discovery'].default;

/** The watcher of an instance. */
export function watcherOf(instance: string): string {
  return instance === 'default' ? USUAL.partnerInstanceId : `${instance}-${USUAL.partnerInstanceId}`;
}

/** What the settings come to for an instance. The name of its watcher follows from its own, unless one is set. */
export function peerSettingsOf(stored: Fields, instance: string): PeerSettings {
  const known = validSettings(stored);
  const discovery = known['partner-discovery'] ?? USUAL;
  const { partnerInstanceId, partnerAlivenessPort, partnerStatusUrl, discoveryOnStartup } = discovery;
  const isNamed = partnerInstanceId !== USUAL.partnerInstanceId;
  return {
    isStandalone: known['standalone-mode']?.enabled ?? false,
    watcher: discoveryOnStartup ? (isNamed ? partnerInstanceId : watcherOf(instance)) : null,
    statusUrl: urlFrom(partnerStatusUrl, partnerAlivenessPort),
    startsPartner: discovery.startPartnerIfMissing,
  };
}

/** For a command that has the settings as they are shown. */
export function isStandaloneAmong(settings: readonly Pick<SettingView, 'key' | 'value' | 'isDefault'>[]): boolean {
  const stored = settings.filter(({ isDefault }) => !isDefault).map(({ key, value }) => [key, value] as const);
  return validSettings(Object.fromEntries(stored))['standalone-mode']?.enabled ?? false;
}

/** What was left at its default was not said: engines tell each other where they listen. */
function urlFrom(url: string, port: number): string | null {
  if (url !== USUAL.partnerStatusUrl) return url;
  return port === USUAL.partnerAlivenessPort ? null : `http://127.0.0.1:${String(port)}/status`;
}
