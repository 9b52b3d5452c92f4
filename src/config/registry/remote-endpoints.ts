import type { Environment } from '../../base/environment.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ConfigSection } from '../../protocol/config-section.ts';
import type { Permissions } from '../../protocol/permissions.ts';
import type { Fields } from './registry-content.ts';
import { type ApiSettings, REMOTE_SETTINGS } from './remote-settings.ts';
import { validSettings } from './settings.ts';

/** Where a server listens; null for one that is not wanted. Port 0 takes any that is free. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** All that the servers of one engine have to know, as it is in force. */
export interface RemoteSettings {
  readonly apiAt: Endpoint | null;
  readonly alivenessAt: Endpoint | null;
  readonly api: ApiSettings;
  readonly permissions: Permissions;
  readonly trustedHosts: readonly string[];
  readonly whitelist: readonly string[];
  readonly blacklist: readonly string[];
}

/** Ports of the instances that have some without being told (SPEC section 12); others are given theirs, or have none. */
const PORTS: Readonly<Record<string, { readonly api: number; readonly aliveness: number }>> = {
  default: { api: 19_881, aliveness: 19_883 },
  watcher: { api: 19_882, aliveness: 19_884 },
};

/**
 * What the settings come to for an instance. `HEALER_API_PORT` and `HEALER_ALIVENESS_PORT` win over them: a port, or
 * `off`.
 * @throws HealerError INVALID_CONFIG when a variable says neither
 */
export function remoteSettingsOf(stored: Fields, instance: string, env: Environment): RemoteSettings {
  const known = validSettings(stored);
  const { enabled, ...permissions } = known['remote-access'] ?? REMOTE_SETTINGS['remote-access'].default;
  const api = known.api ?? REMOTE_SETTINGS.api.default;
  const aliveness = known.aliveness ?? REMOTE_SETTINGS.aliveness.default;
  const usual = Object.hasOwn(PORTS, instance) ? PORTS[instance] : undefined;
  const apiPort = portFrom(env, 'HEALER_API_PORT', api.port ?? usual?.api ?? null);
  return {
    apiAt: endpoint(api.host, enabled ? apiPort : null),
    alivenessAt: endpoint(
      aliveness.host,
      portFrom(env, 'HEALER_ALIVENESS_PORT', aliveness.port ?? usual?.aliveness ?? null),
    ),
    api,
    permissions,
    trustedHosts: (known['trusted-hosts'] ?? REMOTE_SETTINGS['trusted-hosts'].default).hosts,
    whitelist: (known['executable-whitelist'] ?? REMOTE_SETTINGS['executable-whitelist'].default).patterns,
    blacklist: (known['executable-blacklist'] ?? REMOTE_SETTINGS['executable-blacklist'].default).patterns,
  };
}

/** A section as it is in force. */
export function viewRemoteConfig(stored: Fields, section: ConfigSection): Readonly<Record<string, unknown>> {
  return validSettings(stored)[section] ?? REMOTE_SETTINGS[section].default;
}

function endpoint(host: string, port: number | null): Endpoint | null {
  return port === null ? null : { host, port };
}

function portFrom(env: Environment, name: string, otherwise: number | null): number | null {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  if (text === 'off') return null;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new HealerError('INVALID_CONFIG', `${name} is "${text}": a port from 0 to 65535 is needed, or "off"`, { name });
}
