import { bareUrl } from '../../base/bare-url.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
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
