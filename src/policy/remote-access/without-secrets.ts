import { bareUrl } from '../../base/bare-url.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { SettingResult } from '../../protocol/results/setting-result.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** Returns the details of a program for remote callers, without its environment and without credentials. */
export function withoutSecrets(details: ProcessDetails): ProcessDetails {
  const { health } = details.spec;
  return {
    ...details,
    spec: { ...details.spec, env: {}, health: health === null ? null : withoutCredentials(health) },
  };
}

type Health = NonNullable<ProcessSpec['health']>;

function withoutCredentials(health: Health): Health {
  const { check } = health;
  if (check.type !== 'http') return health;
  return { ...health, check: { ...check, url: bareUrl(check.url), headers: {} } };
}

/** Returns a setting for callers who are not trusted: without the credentials of the collector that metrics are pushed to. */
export function withoutLogin(setting: SettingResult): SettingResult {
  const { key, value } = setting;
  if (key !== 'telemetry' || typeof value !== 'object' || value === null || !('endpoint' in value)) return setting;
  const { endpoint } = value;
  return typeof endpoint === 'string' ? { ...setting, value: { ...value, endpoint: bareUrl(endpoint) } } : setting;
}
