import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { HealerError } from '../../protocol/errors.ts';

export interface DiscoverOptions {
  readonly ports?: readonly number[];
  /** Of hosts to ask besides this machine; by default the neighbours of its own addresses. */
  readonly hosts?: readonly string[];
  /** How long the whole search may take. */
  readonly searchMs?: number;
  /** How long one host may take to answer. */
  readonly probeMs?: number;
}

const PORTS = [19_881, 19_882];
const LOOPBACK = '127.0.0.1';
const SEARCH_MS = 10_000;
const PROBE_MS = 800;
const AT_ONCE = 48;
/** Of one subnet: of a larger one only the nearest neighbours are asked. */
const NEIGHBOURS = 256;

/** The URL of the first engine that answers. Nothing secret is sent. @throws HealerError ENGINE_NOT_RUNNING */
export async function discoverEngine(options: DiscoverOptions = {}): Promise<string> {
  const { ports = PORTS, hosts = neighbours(), searchMs = SEARCH_MS, probeMs = PROBE_MS } = options;
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), searchMs);
  try {
    const near = await firstOf(urlsOf([LOOPBACK], ports), probeMs, ending.signal);
    const found = near ?? (await firstOf(urlsOf(hosts, ports), probeMs, ending.signal));
    if (found !== null) return found;
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
  const asked = `this machine and ${String(hosts.length)} neighbours`;
  throw new HealerError('ENGINE_NOT_RUNNING', `no engine answered at ${asked} on port ${ports.join(' or ')}`, {
    ports,
  });
}

function urlsOf(hosts: readonly string[], ports: readonly number[]): readonly string[] {
  return hosts.flatMap((host) => ports.map((port) => `http://${host}:${String(port)}`));
}

/** A few at a time, until one answers or none is left. */
async function firstOf(urls: readonly string[], probeMs: number, signal: AbortSignal): Promise<string | null> {
  const waiting = urls.values();
  const found = new AbortController();
  const all = AbortSignal.any([signal, found.signal]);
  let first: string | null = null;
  const search = async (): Promise<void> => {
    for (const url of waiting) {
      if (all.aborted) return;
      if (!(await isEngine(url, probeMs, all))) continue;
      first ??= url;
      found.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, urls.length) }, search));
  return first;
}

/** An engine tells its status, or that it wants a token first. */
function isEngine(url: string, probeMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const give = (answer: boolean): void => {
      resolve(answer);
      sent.destroy();
    };
    const sent = request(`${url}/monitor/status`, { signal, agent: false }, (response) => {
      const { statusCode, headers } = response;
      if (statusCode === 401) give(headers['www-authenticate']?.includes('realm="healer"') === true);
      else if (statusCode !== 200) give(false);
      else void beginningOf(response).then((text) => give(/^\{"instance":"[^"]+","pid":\d+/.test(text)));
    });
    const timer = setTimeout(() => give(false), probeMs);
    sent.on('error', () => resolve(false));
    sent.on('close', () => clearTimeout(timer));
    sent.end();
  });
}

async function beginningOf(response: AsyncIterable<unknown>): Promise<string> {
  try {
    for await (const part of response) return String(part);
  } catch {
    // It went away.
  }
  return '';
}

/** Hosts of the subnets that this machine is in, its own addresses left out. */
function neighbours(): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal);
  const hosts = own.flatMap(({ address, netmask }) => {
    const at = numberOf(address);
    const size = Math.min(NEIGHBOURS, 2 ** 32 - numberOf(netmask));
    const begin = at - (at % size);
    return Array.from({ length: Math.max(0, size - 2) }, (_, index) => addressOf(begin + index + 1));
  });
  const ownAddresses = own.map(({ address }) => address);
  return [...new Set(hosts)].filter((host) => !ownAddresses.includes(host));
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressOf(value: number): string {
  return [24, 16, 8, 0].map((bits) => String(Math.floor(value / 2 ** bits) % 256)).join('.');
}
