/** The site of hosts that were invited without one. */
export const DEFAULT_SITE = 'default';

const NAME = '[a-z0-9-]{1,63}';
const SITE = new RegExp(`^${NAME}$`);
const HOST = new RegExp(`^${NAME}(@${NAME})?$`);
const CALLER = /^[A-Za-z0-9_-]{1,63}$/;

/** The form of the name of a host, in words. */
export const HOST_FORM =
  'the name of a host has 1 to 63 characters of a-z 0-9 -, and may be followed by @ and the name of an instance';

/** Returns whether a text is the name of a host on the bus: `web-01`, or `web-01@staging` for an instance. */
export function isHostName(text: string): boolean {
  return HOST.test(text);
}

/** Returns whether a text is the name of a site. */
export function isSiteName(text: string): boolean {
  return SITE.test(text);
}

/** Returns whether a text is the name of an operator on the bus. */
export function isCallerName(text: string): boolean {
  return CALLER.test(text);
}

/**
 * Returns the name on the bus of a host and an instance, or null if nothing usable is left. Capitals become small; dots,
 * underscores and anything else that a name does not contain become dashes: `Web.example.com` is `web-example-com`.
 */
export function hostNameOf(hostname: string, instance = 'default'): string | null {
  const host = dashed(hostname);
  if (host === '') return null;
  const suffix = dashed(instance);
  return suffix === '' || suffix === 'default' ? host : `${host}@${suffix}`;
}

function dashed(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63);
}

/** Returns the key of a host in the bucket of hosts. Keys cannot contain `@`. */
export function hostKey(site: string, host: string): string {
  return `${site}.${host.replace('@', '/')}`;
}

/** Returns the site and the host of a key in the bucket of hosts; null if it is not such a key. */
export function parseHostKey(key: string): { readonly site: string; readonly host: string } | null {
  const [site = '', name = '', ...rest] = key.split('.');
  const host = name.replace('/', '@');
  return rest.length === 0 && isSiteName(site) && isHostName(host) ? { site, host } : null;
}
