import { expect } from 'vitest';
import type { RemoteSettings } from '../../src/config/registry/remote-endpoints.ts';
import { remoteSettingsOf } from '../../src/config/registry/remote-endpoints.ts';
import { CallerCheck, type CallerRequest } from '../../src/engine/access/caller-check.ts';
import { RemoteEntrance, type RemoteSender } from '../../src/engine/access/remote-entrance.ts';
import { ERROR_CATALOG, type ErrorCode, toHealerError } from '../../src/protocol/errors.ts';
import { routeOf, STREAM_ROUTES } from '../../src/protocol/methods/http-routes.ts';
import type { ApiMethod } from '../../src/protocol/methods/methods.ts';
import type { NotificationName } from '../../src/protocol/notifications.ts';
import { ApiRoom, type ApiRoomOptions, entranceOptions, fakeApiEngine, type HttpAnswer } from './api-room.ts';
import type { FakeServedEngine } from './fake-served-engine.ts';

/** What a caller on this machine sends with a request, whatever the transport. */
export interface Credentials {
  readonly token?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly fetchSite?: string;
  readonly forwardedFor?: string;
}

/** How a request ended: with an error's code and message, or without an error. */
export interface RequestOutcome {
  readonly code: ErrorCode | null;
  readonly message: string;
}

/** A caller of the remote API, through one transport. */
export interface RemoteCaller extends AsyncDisposable {
  readonly fake: FakeServedEngine;
  configure(stored: Readonly<Record<string, unknown>>): void;
  call(
    method: ApiMethod,
    params: Readonly<Record<string, unknown>>,
    credentials?: Credentials,
  ): Promise<RequestOutcome>;
  /** Opens a stream with credentials that are refused: a stream that is opened over HTTP does not end by itself. */
  follow(stream: NotificationName, credentials: Credentials): Promise<RequestOutcome>;
}

/** Calls the entrance itself, as a transport does. */
export async function callDirectly({ stored = {}, token }: ApiRoomOptions = {}): Promise<RemoteCaller> {
  let settings: RemoteSettings = remoteSettingsOf(stored, 'default', {});
  const fake = fakeApiEngine();
  const options = entranceOptions(() => settings, token);
  const entrance = new RemoteEntrance(fake.served, options);
  const check = new CallerCheck(options);
  const identify = async (credentials: Credentials): Promise<RemoteSender> => ({
    caller: await check.identify(requestOf(credentials)),
  });
  return {
    fake,
    configure: (changed) => (settings = remoteSettingsOf(changed, 'default', {})),
    call: (method, params, credentials = {}) =>
      outcomeOf(async () => entrance.authorize(await identify(credentials), method)(params)),
    follow: (stream, credentials) =>
      outcomeOf(async () => {
        const parse = entrance.authorizeStream(await identify(credentials), stream);
        return parse(stream === 'log' ? { id: 'web' } : {});
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Calls over HTTP, and checks that the status of each response matches the error in its body. */
export async function callOverHttp(options: ApiRoomOptions = {}): Promise<RemoteCaller> {
  const room = await ApiRoom.open(options);
  return {
    fake: room.fake,
    configure: (stored) => room.configure(stored),
    call: async (method, params, credentials = {}) => {
      const { verb, path: pattern, body: whole, success = 200 } = routeOf(method);
      const inPath = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const path = inPath.reduce((filled, name) => filled.replace(`{${name}}`, String(params[name])), pattern);
      const rest = Object.fromEntries(Object.entries(params).filter(([name]) => !inPath.includes(name)));
      const body = Object.keys(rest).length === 0 ? undefined : whole === undefined ? rest : rest[whole];
      const answer = await room.call(path, { verb, headers: headersOf(credentials), body });
      return checkedOutcome(answer, success);
    },
    follow: async (stream, credentials) => {
      const path = `${STREAM_ROUTES[stream].replace('{id}', 'web')}?follow`;
      return checkedOutcome(await room.call(path, { headers: headersOf(credentials) }), 200);
    },
    [Symbol.asyncDispose]: () => room[Symbol.asyncDispose](),
  };
}

function requestOf({ token, host = 'localhost', origin, fetchSite, forwardedFor }: Credentials): CallerRequest {
  return {
    peerAddress: '127.0.0.1',
    localAddress: '127.0.0.1',
    forwardedFor: forwardedFor ?? null,
    token: token ?? null,
    originHeaders: { hosts: [host], origin, fetchSite },
    isOwnUser: () => Promise.resolve(true),
  };
}

function headersOf({ token, host, origin, fetchSite, forwardedFor }: Credentials): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(host === undefined ? {} : { host }),
    ...(origin === undefined ? {} : { origin }),
    ...(fetchSite === undefined ? {} : { 'sec-fetch-site': fetchSite }),
    ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
  };
}

async function outcomeOf(action: () => Promise<unknown>): Promise<RequestOutcome> {
  try {
    await action();
    return { code: null, message: '' };
  } catch (thrown) {
    const { code, message } = toHealerError(thrown);
    return { code, message };
  }
}

function checkedOutcome({ status, text }: HttpAnswer, success: number): RequestOutcome {
  if (status === success) return { code: null, message: '' };
  const { error } = JSON.parse(text) as { error: { code: ErrorCode; message: string } };
  expect(status).toBe(ERROR_CATALOG[error.code].http);
  return { code: error.code, message: error.message };
}
