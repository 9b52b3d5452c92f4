import { BlockList, isIP } from 'node:net';
import type { Environment } from '../../../base/environment.ts';

const SCHEMES = ['http:', 'https:', 'socks5:', 'socks5h:', 'socks:'];

/**
 * Returns the proxy for a URL, as the usual variables name it: `https_proxy` or `http_proxy`, else `all_proxy`, unless `no_proxy`
 * lists the host. Null without a proxy. Lowercase names take precedence, as with curl. @throws an error that names the variable
 * if its value is not the URL of a proxy
 */
export function proxyFor(url: URL, env: Environment): URL | null {
  if (isExcluded(url, variable(env, 'no_proxy'))) return null;
  const names = [`${url.protocol.replace(':', '')}_proxy`, 'all_proxy'];
  const name = names.find((each) => variable(env, each) !== '');
  return name === undefined ? null : parseProxy(name, variable(env, name));
}

/** The value may contain a password, so that an error does not quote it. */
function parseProxy(name: string, value: string): URL {
  // A proxy without a scheme speaks HTTP.
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') throw new Error(`the variable ${name} is not the URL of a proxy`);
  if (SCHEMES.includes(url.protocol)) return url;
  throw new Error(`the variable ${name} names a proxy of an unknown kind: use http://, https:// or socks5://`);
}

function variable(env: Environment, name: string): string {
  return (env[name] ?? '') || (env[name.toUpperCase()] ?? '');
}

/** `no_proxy` lists hosts with their subdomains, with or without a port, addresses, and networks such as 10.0.0.0/8; `*` means all. */
function isExcluded(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => entry === '*' || (entry !== '' && matches(entry, host, port)));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry.includes('/')) return isInNetwork(entry, host);
  const [, name = entry, onlyPort = port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  const wanted = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return onlyPort === port && (host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`)));
}

function isInNetwork(network: string, host: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(base) === 0 || isIP(host) !== isIP(base) || !/^\d{1,3}$/.test(bits)) return false;
  try {
    const list = new BlockList();
    list.addSubnet(base, Number(bits), family);
    return list.check(host, family);
  } catch {
    return false;
  }
}
