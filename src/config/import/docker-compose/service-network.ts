import { type Fields, fieldsOf, isFields, listOf } from '../draft/plain-values.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { textOf } from '../draft/text-of.ts';

interface NetworkContext {
  readonly name: string;
  readonly services: readonly string[];
  readonly expand: (text: string) => string;
  readonly placeOf: (key: string | null) => string;
}

/** Notes what differs without the network of containers: published ports, and the names of other services. */
export function noteNetwork(
  service: Fields,
  { name, services, expand, placeOf }: NetworkContext,
  draft: ProgramDraft,
): void {
  for (const port of listOf(service['ports'])) {
    const [published, own] = portsOf(port, (text) => withDefaults(expand(text)));
    if (published === null || published === own) continue;
    draft.lose(
      placeOf('ports'),
      `port ${own} of the container is port ${published} outside; let the program listen on ${published}`,
    );
  }
  const env = Object.values(draft.spec.env ?? {}).map(String);
  const texts = [draft.spec.command, ...(draft.spec.args ?? []).map(String), ...env];
  for (const other of services.filter((one) => one !== name)) {
    if (!texts.some((text) => namesHost(text, other))) continue;
    draft.lose(
      placeOf(null),
      `the host name "${other}" exists only among containers; use 127.0.0.1 and a published port of "${other}"`,
    );
  }
}

/** Replaces references by their defaults, for comparing. */
function withDefaults(text: string): string {
  return text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
}

/** Returns the published port, null if there is none, and that of the container. */
function portsOf(port: unknown, expand: (text: string) => string): readonly [published: string | null, own: string] {
  if (isFields(port)) {
    const { published, target } = fieldsOf(port);
    return [published === undefined ? null : textOf(published), textOf(target ?? '')];
  }
  const parts = expand(textOf(port))
    .replace(/\/(?:tcp|udp)$/, '')
    .split(/:(?!-)/);
  return parts.length === 1 ? [null, parts[0] ?? ''] : [parts.at(-2) ?? null, parts.at(-1) ?? ''];
}

/** The host of a URL, a host with a port, or the whole value. */
function namesHost(text: string, host: string): boolean {
  const name = host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:^|//|@|[\\s=,])${name}(?::\\d|/|$)`).test(text) && !text.startsWith(`${host}/`);
}
