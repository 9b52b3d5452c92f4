import type { ApiMethod } from './methods.ts';
import type { NotificationName } from '../notifications.ts';
import type { Permission } from '../permissions.ts';

/** The HTTP route of a method, and the permissions that a call over it requires. */
export interface HttpRoute {
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{name}` is replaced by a parameter of the method. */
  readonly path: string;
  /** The parameter that the whole body becomes; without it, each field of the body is a parameter. */
  readonly body?: string;
  /** The permissions that untrusted callers need. A method that changes something and names none is for trusted callers only. */
  readonly needs?: readonly Permission[];
  /** The permissions that they need in addition if the program is active: it runs, or will be started without a request. */
  readonly needsIfActive?: readonly Permission[];
  /** A sentence about permissions that depend on the content of the request. */
  readonly note?: string;
  /** Parameters that only local callers may set. */
  readonly localOnly?: readonly string[];
  /** The status code of a successful response; 200 by default. */
  readonly success?: 201;
}

/**
 * The HTTP route of each method. Separate from the table of methods, since clients need the routes but must not load the
 * schemas.
 */
export const HTTP_ROUTES = {
  status: { verb: 'GET', path: '/monitor/status' },
  list: { verb: 'GET', path: '/processes' },
  describe: { verb: 'GET', path: '/processes/{id}' },
  history: { verb: 'GET', path: '/processes/{id}/history' },
  usage: { verb: 'GET', path: '/processes/{id}/usage' },
  start: { verb: 'POST', path: '/processes/{id}/start', needs: ['allowStart'] },
  stop: { verb: 'POST', path: '/processes/{id}/stop', needs: ['allowStop'] },
  restart: { verb: 'POST', path: '/processes/{id}/restart', needs: ['allowStop', 'allowStart'] },
  kill: { verb: 'POST', path: '/processes/{id}/kill', needs: ['allowStop'] },
  reload: { verb: 'POST', path: '/processes/{id}/reload', needs: ['allowStop', 'allowStart'] },
  signal: { verb: 'POST', path: '/processes/{id}/signal', needs: ['allowStop', 'allowStart'] },
  pause: { verb: 'POST', path: '/processes/{id}/pause', needs: ['allowStop'] },
  resume: { verb: 'POST', path: '/processes/{id}/resume', needs: ['allowStart'] },
  enable: { verb: 'POST', path: '/processes/{id}/enable', needs: ['allowDisable', 'allowStart'] },
  disable: { verb: 'POST', path: '/processes/{id}/disable', needs: ['allowDisable'], needsIfActive: ['allowStop'] },
  operate: { verb: 'POST', path: '/operations', needs: ['allowStart', 'allowStop', 'allowDisable'] },
  add: {
    verb: 'POST',
    path: '/processes',
    body: 'definition',
    needs: ['allowRegister'],
    note: 'A program that starts automatically also requires allowAutostart and allowStart, and a schedule the permissions of restart.',
    success: 201,
  },
  update: {
    verb: 'PATCH',
    path: '/processes/{id}',
    body: 'changes',
    needs: ['allowRegister'],
    note: 'A change also requires the permissions of the operations that it can cause: restart, stop, start or disable.',
  },
  remove: { verb: 'DELETE', path: '/processes/{id}', needs: ['allowDeregister'], needsIfActive: ['allowStop'] },
  scale: { verb: 'POST', path: '/processes/{id}/scale', needs: ['allowRegister', 'allowStart', 'allowStop'] },
  checkHealth: { verb: 'POST', path: '/processes/{id}/check', needs: ['allowStart'] },
  hold: { verb: 'POST', path: '/processes/{id}/hold', needs: ['allowDisable'] },
  release: { verb: 'POST', path: '/processes/{id}/release', needs: ['allowDisable'] },
  holdAll: { verb: 'POST', path: '/monitor/hold' },
  releaseAll: { verb: 'POST', path: '/monitor/release' },
  cooldowns: { verb: 'GET', path: '/cooldowns' },
  cooldownReset: { verb: 'POST', path: '/processes/{id}/cooldown/reset', needs: ['allowStart'] },
  anomalies: { verb: 'GET', path: '/anomalies' },
  suggest: { verb: 'GET', path: '/suggestions' },
  zombies: { verb: 'GET', path: '/zombies' },
  cleanZombies: { verb: 'POST', path: '/zombies/clean' },
  track: { verb: 'POST', path: '/tracked' },
  untrack: { verb: 'POST', path: '/tracked/release' },
  trackStatus: { verb: 'GET', path: '/tracked' },
  logs: { verb: 'GET', path: '/processes/{id}/logs' },
  events: { verb: 'GET', path: '/events/history' },
  settings: { verb: 'GET', path: '/settings' },
  changeSetting: { verb: 'PUT', path: '/settings/{key}' },
  remoteConfig: { verb: 'GET', path: '/config/{section}' },
  changeRemoteConfig: { verb: 'PUT', path: '/config/{section}', body: 'content' },
  reloadConfig: { verb: 'POST', path: '/monitor/reload', localOnly: ['files', 'add', 'drop', 'remove', 'check'] },
  shutdown: { verb: 'POST', path: '/monitor/shutdown' },
  restartMonitor: {
    verb: 'POST',
    path: '/monitor/restart',
    needs: ['allowMonitorRestart'],
    localOnly: ['node', 'script'],
  },
} as const satisfies Record<ApiMethod, HttpRoute>;

/** The routes of server-sent event streams. `?follow` selects the stream on the path that a log shares with its last lines. */
export const STREAM_ROUTES = {
  snapshot: '/snapshot',
  events: '/events',
  log: '/processes/{id}/logs',
} as const satisfies Record<NotificationName, string>;

/** Returns the HTTP route of a method. */
export function routeOf(method: ApiMethod): HttpRoute {
  return HTTP_ROUTES[method];
}
