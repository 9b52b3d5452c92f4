/** The one shape of an address that has several: IPv4 in an IPv6 socket is IPv4, and a zone says nothing about who. */
export function normalizeAddress(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice('::ffff:'.length) : bare;
}

/** Whether an address is one by which a machine reaches itself, also written as IPv4 in IPv6. */
export function isLoopback(address: string): boolean {
  const bare = normalizeAddress(address);
  return bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare);
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4_PATTERN = new RegExp(`^(?:(?:${OCTET}|\\*)\\.){3}(?:${OCTET}|\\*)$`);
/** Good enough to tell an address from a name; whether it is one, the system says when it is compared. */
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*$/;
const NAME_PATTERN = /^(?=.*[a-z0-9])[a-z0-9*_-]+(?:\.[a-z0-9*_-]+)*$/;

type PatternKind = 'address' | 'name';

/** What a pattern of trusted hosts speaks of; null for what is none. Asterisks alone would trust everybody. */
export function kindOfHostPattern(pattern: string): PatternKind | null {
  const text = pattern.toLowerCase();
  if ((IPV4_PATTERN.test(text) && /\d/.test(text)) || IPV6.test(text)) return 'address';
  // Numbers only, but no address: somebody meant one, and a name it would never be.
  if (/^[\d.*]+$/.test(text)) return null;
  return NAME_PATTERN.test(text) ? 'name' : null;
}

/** What is known of a host. Its names were looked up both ways, since who owns an address may name it anything. */
export interface HostFacts {
  readonly address: string;
  readonly names: readonly string[];
}

/**
 * Whether a host is among those of the patterns. An asterisk stands for one number of an IPv4 address, or for a part
 * of one label of a name: `*.example.com` is `a.example.com`, and neither `example.com` nor `a.b.example.com`.
 */
export function matchesHost(pattern: string, { address, names }: HostFacts): boolean {
  const text = pattern.toLowerCase();
  if (text === 'localhost' && isLoopback(address)) return true;
  switch (kindOfHostPattern(text)) {
    case 'address':
      return wildcard(text, '\\d{1,3}').test(normalizeAddress(address));
    case 'name':
      return names.some((name) => wildcard(text, '[^.]+').test(name.toLowerCase()));
    case null:
      return false;
  }
}

/** Whether any pattern needs the names of a host: looking them up takes time. */
export function needsNames(patterns: readonly string[]): boolean {
  return patterns.some((pattern) => pattern.toLowerCase() !== 'localhost' && kindOfHostPattern(pattern) === 'name');
}

function wildcard(pattern: string, star: string): RegExp {
  const literal = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (char) => (char === '*' ? star : `\\${char}`));
  return new RegExp(`^${literal}$`);
}
