/** Returns the canonical form of an address: IPv4-mapped IPv6 becomes IPv4, and the zone is removed. */
export function normalizeAddress(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice('::ffff:'.length) : bare;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const LOOPBACK = new RegExp(`^127(?:\\.${OCTET}){3}$`);

/** Returns whether an address is a loopback address, including IPv4-mapped IPv6. */
export function isLoopback(address: string): boolean {
  const bare = normalizeAddress(address);
  return bare === '::1' || LOOPBACK.test(bare);
}

const IPV4_PATTERN = new RegExp(`^(?:(?:${OCTET}|\\*)\\.){3}(?:${OCTET}|\\*)$`);
/** Only distinguishes addresses from names; malformed addresses match no host. */
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*$/;
const NAME_PATTERN = /^(?=.*[a-z0-9])[a-z0-9*_-]+(?:\.[a-z0-9*_-]+)*$/;

type PatternKind = 'address' | 'name';

/** Returns what a host pattern matches; null for an invalid one. Asterisks alone are invalid: they would trust every host. */
export function kindOfHostPattern(pattern: string): PatternKind | null {
  const text = pattern.toLowerCase();
  if ((IPV4_PATTERN.test(text) && /\d/.test(text)) || IPV6.test(text)) return 'address';
  // Only digits, but not a valid address: certainly not meant as a name.
  if (/^[\d.*]+$/.test(text)) return null;
  return NAME_PATTERN.test(text) ? 'name' : null;
}

/** A host with verified names: reverse lookups alone can be forged by the owner of an address. */
export interface KnownHost {
  readonly address: string;
  readonly names: readonly string[];
}

/**
 * Returns whether a host matches a pattern. An asterisk matches one number of an IPv4 address, or characters within one
 * label of a name: `*.example.com` matches `a.example.com`, but neither `example.com` nor `a.b.example.com`.
 */
export function matchesHost(pattern: string, { address, names }: KnownHost): boolean {
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

/** Returns whether any pattern requires the names of a host, which take time to look up. */
export function needsNames(patterns: readonly string[]): boolean {
  return patterns.some((pattern) => pattern.toLowerCase() !== 'localhost' && kindOfHostPattern(pattern) === 'name');
}

function wildcard(pattern: string, star: string): RegExp {
  const literal = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (char) => (char === '*' ? star : `\\${char}`));
  return new RegExp(`^${literal}$`);
}
