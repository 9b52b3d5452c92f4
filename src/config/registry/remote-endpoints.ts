import type { Environment } from '../../base/environment.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ConfigSection } from '../../protocol/config-section.ts';
import type { Permissions } from '../../protocol/permissions.ts';
import type { Fields } from '../reading/source-reading.ts';
import { type ApiSettings, type FleetSettings, REMOTE_SETTINGS } from './remote-settings.ts';
import { validSettings } from './settings.ts';

/** The address that a server listens on. Port 0 stands for any free port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The effective settings of an engine's servers. */
export interface RemoteSettings {
  /** Null when the remote API is off. */
  readonly apiAt: Endpoint | null;
  /** Null when the aliveness endpoint is off. */
  readonly alivenessAt: Endpoint | null;
  readonly api: ApiSettings;
  readonly permissions: Permissions;
  readonly trustedHosts: readonly string[];
  readonly whitelist: readonly string[];
  readonly blacklist: readonly string[];
  readonly fleet: FleetSettings;
}

/** Default ports by instance (docs/http-api.md). Other instances have no servers unless ports are set. */
const PORTS: Readonly<Record<string, { readonly api: number; readonly aliveness: number }>> = {
  default: { api: 19_881, aliveness: 19_883 },
  watcher: { api: 19_882, aliveness: 19_884 },
};

/**
 * Returns the effective settings of an instance. `HEALER_API_PORT` and `HEALER_ALIVENESS_PORT`, each a port or `off`,
 * override the stored settings.
 * @throws HealerError INVALID_CONFIG when one of these variables is neither a port nor `off`
 */
export function remoteSettingsOf(stored: Fields, instance: string, env: Environment): RemoteSettings {
  const known = validSettings(stored);
  // A setting that cannot be read must not allow more than it did: its author may have wanted to forbid something.
  const isBroken = (key: keyof typeof REMOTE_SETTINGS): boolean =>
    Object.hasOwn(stored, key) && known[key] === undefined;
  const { enabled, ...permissions } = known['remote-access'] ?? REMOTE_SETTINGS['remote-access'].default;
  const api = known.api ?? { ...REMOTE_SETTINGS.api.default, tokenFile: tokenFileOf(stored['api']) };
  const isUnsafe = isBroken('api') || isBroken('remote-access');
  const aliveness = known.aliveness ?? REMOTE_SETTINGS.aliveness.default;
  const defaults = Object.hasOwn(PORTS, instance) ? PORTS[instance] : undefined;
  const apiPort = portFrom(env, 'HEALER_API_PORT', api.port ?? defaults?.api ?? null);
  return {
    apiAt: endpoint(api.host, enabled ? apiPort : null),
    alivenessAt: endpoint(
      aliveness.host,
      portFrom(env, 'HEALER_ALIVENESS_PORT', aliveness.port ?? defaults?.aliveness ?? null),
    ),
    api,
    permissions: isUnsafe ? withoutAny(permissions) : permissions,
    trustedHosts:
      isBroken('api') || isBroken('trusted-hosts')
        ? []
        : (known['trusted-hosts'] ?? REMOTE_SETTINGS['trusted-hosts'].default).hosts,
    whitelist: (known['executable-whitelist'] ?? REMOTE_SETTINGS['executable-whitelist'].default).patterns,
    blacklist: isBroken('executable-blacklist')
      ? EVERYTHING
      : (known['executable-blacklist'] ?? REMOTE_SETTINGS['executable-blacklist'].default).patterns,
    fleet: isBroken('fleet') ? READ_ONLY : (known.fleet ?? REMOTE_SETTINGS.fleet.default),
  };
}

/** A setting that cannot be read must not allow more than it did. */
const READ_ONLY: FleetSettings = { allow: 'read', trust: [], labels: {} };
const EVERYTHING: readonly string[] = ['/**'];

/** Keeps the token of a setting that is invalid for another reason. */
function tokenFileOf(api: unknown): string | null {
  const file: unknown = typeof api === 'object' && api !== null ? Reflect.get(api, 'tokenFile') : null;
  return typeof file === 'string' ? file : null;
}

function withoutAny(permissions: Permissions): Permissions {
  return Object.fromEntries(Object.keys(permissions).map((name) => [name, false])) as unknown as Permissions;
}

/** Returns the effective settings of a section. */
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
  throw new HealerError('INVALID_CONFIG', `${name} is "${text}", but must be a port from 0 to 65535 or "off"`, {
    name,
  });
}
