import { isIP } from 'node:net';
import { isLoopback } from '../../base/host-pattern.ts';
import { HealerError } from '../../protocol/errors.ts';
import { BUS_PORT } from '../bus/connect-bus.ts';
import type { HubPlace } from './create-hub.ts';

interface PlaceWish {
  readonly listen: string | undefined;
  readonly advertise: readonly string[];
  readonly insecure: boolean;
}

const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** Returns where a hub listens. @throws HealerError INVALID_CONFIG with the next step */
export function hubPlaceOf({ listen, advertise, insecure }: PlaceWish): HubPlace {
  if (listen === undefined) {
    throw new HealerError(
      'INVALID_CONFIG',
      'the hub needs an address that the other hosts can reach: add "--listen ADDRESS", e.g. --listen 10.0.0.1',
    );
  }
  const { host, port } = parse(listen);
  const isEverywhere = host === '0.0.0.0' || host === '::';
  if (isEverywhere && advertise.length === 0) {
    throw new HealerError(
      'INVALID_CONFIG',
      `"${host}" means all addresses of this machine: add "--advertise ADDRESS" with the one that the other hosts connect to`,
    );
  }
  const advertised = advertise.length === 0 ? [host] : advertise;
  for (const name of advertised) requireHost(name, '--advertise');
  const isLocal = [host, ...advertised].every((name) => name === 'localhost' || isLoopback(name));
  return { listen: host, port, advertised, hasTls: !insecure && !isLocal };
}

function parse(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? text;
  requireHost(host, '--listen');
  const number = port === undefined ? BUS_PORT : Number(port);
  if (number < 1 || number > 65_535) {
    throw new HealerError('INVALID_CONFIG', `"${String(port)}" is not a port: use a number from 1 to 65535`);
  }
  return { host, port: number };
}

function requireHost(host: string, option: string): void {
  if (isIP(host) !== 0 || HOST_NAME.test(host)) return;
  const message = `"${host}" is neither an address nor a host name: write for example "${option} 10.0.0.1"`;
  throw new HealerError('INVALID_CONFIG', message);
}
