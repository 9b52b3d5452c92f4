import { setMaxListeners } from 'node:events';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { onAbort } from '../../base/on-abort.ts';
import { HealerError } from '../../protocol/errors.ts';

/** How to search for an engine. */
export interface DiscoverOptions {
  /** The ports to probe on each host; by default 19881 and 19882. */
  readonly ports?: readonly number[];
  /** Addresses of hosts to probe besides this machine; by default those of the local subnets. */
  readonly hosts?: readonly string[];
  /** The time limit of the whole search, in ms; 10 s by default. */
  readonly timeout?: number;
  /** The same as `timeout`, under its earlier name. */
  readonly searchMs?: number;
  /** The time limit of one probe; 800 ms by default. */
  readonly probeMs?: number;
  /** Aborts the search. */
  readonly signal?: AbortSignal;
}

const PORTS = [19_881, 19_882];
/** This machine, in the order of preference. An engine on `localhost` or on all addresses answers on one of them. */
const THIS_MACHINE = ['127.0.0.1', '[::1]'];
const SEARCH_MS = 10_000;
const PROBE_MS = 800;
const CONCURRENT_PROBES = 48;
/** The number of hosts probed in one subnet; in a larger one, only the nearest hosts are probed. */
const NEIGHBORS = 256;

/**
 * Resolves to the URL of an engine. No token is sent. On this machine, addresses and ports are preferred in their order: the
 * default instance before its watcher. If no engine runs on it, the first engine of the local subnet that answers is taken.
 * @throws HealerError ENGINE_NOT_RUNNING when no engine answers in time
 */
export async function discoverEngine(options: DiscoverOptions = {}): Promise<string> {
  const { ports = PORTS, hosts = neighbors(), searchMs = SEARCH_MS, timeout = searchMs, probeMs = PROBE_MS } = options;
  options.signal?.throwIfAborted();
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), timeout);
  const stopListening = onAbort(options.signal, () => ending.abort());
  try {
    const near = await preferredOf(urlsOf(THIS_MACHINE, ports), probeMs, ending.signal);
    const found = near ?? (await firstOf(urlsOf(hosts, ports), probeMs, ending.signal));
    if (found !== null) return found;
  } finally {
    clearTimeout(timer);
    stopListening();
    ending.abort();
  }
  options.signal?.throwIfAborted();
  const probed = `this machine and ${String(hosts.length)} hosts of the local network`;
  throw new HealerError('ENGINE_NOT_RUNNING', `no engine found on ${probed} (port ${ports.join(' or ')})`, {
    ports,
  });
}

function urlsOf(hosts: readonly string[], ports: readonly number[]): readonly string[] {
  return hosts.flatMap((host) => ports.map((port) => `http://${host}:${String(port)}`));
}

/** Probes several URLs concurrently, and returns the first in their order that answers; null if none does. */
async function preferredOf(urls: readonly string[], probeMs: number, signal: AbortSignal): Promise<string | null> {
  const decided = new AbortController();
  const all = manyListeners(AbortSignal.any([signal, decided.signal]));
  const probes = urls.map((url) => isEngine(url, probeMs, all));
  try {
    for (const [index, probe] of probes.entries()) if (await probe) return urls[index] ?? null;
    return null;
  } finally {
    decided.abort();
  }
}

/** Lets a signal have a listener for each concurrent probe; Node warns about more than ten. */
function manyListeners(signal: AbortSignal): AbortSignal {
  setMaxListeners(CONCURRENT_PROBES * 2, signal);
  return signal;
}

/** Probes several URLs concurrently until one answers or none is left. */
async function firstOf(urls: readonly string[], probeMs: number, signal: AbortSignal): Promise<string | null> {
  const waiting = urls.values();
  const found = new AbortController();
  const all = manyListeners(AbortSignal.any([signal, found.signal]));
  let first: string | null = null;
  const search = async (): Promise<void> => {
    for (const url of waiting) {
      if (all.aborted) return;
      if (!(await isEngine(url, probeMs, all))) continue;
      first ??= url;
      found.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_PROBES, urls.length) }, search));
  return first;
}

/** An engine answers with its status, or asks for a token. */
function isEngine(url: string, probeMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answer: boolean): void => {
      resolve(answer);
      sent.destroy();
    };
    const sent = request(`${url}/monitor/status`, { signal, agent: false }, (response) => {
      const { statusCode, headers } = response;
      if (statusCode === 401) settle(headers['www-authenticate']?.includes('realm="healer"') === true);
      else if (statusCode !== 200) settle(false);
      else void beginningOf(response).then((text) => settle(/^\{"instance":"[^"]+","pid":\d+/.test(text)));
    });
    const timer = setTimeout(() => settle(false), probeMs);
    sent.on('error', () => resolve(false));
    sent.on('close', () => clearTimeout(timer));
    sent.end();
  });
}

async function beginningOf(response: AsyncIterable<unknown>): Promise<string> {
  try {
    for await (const part of response) return String(part);
  } catch {
    // The connection was closed.
  }
  return '';
}

/** Returns the addresses of the subnets that this machine belongs to, except its own. */
function neighbors(): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal);
  const hosts = own.flatMap(({ address, netmask }) => {
    const at = numberOf(address);
    const size = Math.min(NEIGHBORS, 2 ** 32 - numberOf(netmask));
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
