import type { ApiMethod } from './methods.ts';
import type { NotificationName } from '../notifications.ts';
import type { Permission } from '../permissions.ts';

/** Where a method is found over HTTP, and what it takes to call it there. */
export interface HttpRoute {
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{name}` stands for a parameter of the method. */
  readonly path: string;
  /** The parameter that the body as a whole is; where none is named, each field of the body is a parameter. */
  readonly body?: string;
  /** Of a method that changes programs: what callers need who are not trusted. Without it only trusted ones may call. */
  readonly needs?: readonly Permission[];
  /** Parameters that name what only this machine's own user may name. */
  readonly localOnly?: readonly string[];
  /** Of the answer when all went well; 200 unless told otherwise. */
  readonly success?: 201;
}

/**
 * Where each method is found over HTTP. Kept beside the table of methods, and complete by its type: clients need the
 * routes, and must not load the schemas.
 */
export const HTTP_ROUTES = {
  status: { verb: 'GET', path: '/monitor/status' },
  list: { verb: 'GET', path: '/processes' },
  describe: { verb: 'GET', path: '/processes/{id}' },
  history: { verb: 'GET', path: '/processes/{id}/history' },
  start: { verb: 'POST', path: '/processes/{id}/start', needs: ['allowStart'] },
  stop: { verb: 'POST', path: '/processes/{id}/stop', needs: ['allowStop'] },
  restart: { verb: 'POST', path: '/processes/{id}/restart', needs: ['allowStop', 'allowStart'] },
  kill: { verb: 'POST', path: '/processes/{id}/kill', needs: ['allowStop'] },
  reload: { verb: 'POST', path: '/processes/{id}/reload', needs: ['allowStop', 'allowStart'] },
  pause: { verb: 'POST', path: '/processes/{id}/pause', needs: ['allowStop'] },
  resume: { verb: 'POST', path: '/processes/{id}/resume', needs: ['allowStart'] },
  enable: { verb: 'POST', path: '/processes/{id}/enable', needs: ['allowDisable', 'allowStart'] },
  disable: { verb: 'POST', path: '/processes/{id}/disable', needs: ['allowDisable'] },
  add: { verb: 'POST', path: '/processes', body: 'definition', needs: ['allowRegister'], success: 201 },
  update: { verb: 'PATCH', path: '/processes/{id}', body: 'changes', needs: ['allowRegister'] },
  remove: { verb: 'DELETE', path: '/processes/{id}', needs: ['allowDeregister'] },
  scale: { verb: 'POST', path: '/processes/{id}/scale', needs: ['allowRegister', 'allowStart', 'allowStop'] },
  checkHealth: { verb: 'POST', path: '/processes/{id}/check', needs: ['allowStart'] },
  hold: { verb: 'POST', path: '/processes/{id}/hold', needs: ['allowDisable'] },
  release: { verb: 'POST', path: '/processes/{id}/release', needs: ['allowDisable'] },
  holdAll: { verb: 'POST', path: '/monitor/hold' },
  releaseAll: { verb: 'POST', path: '/monitor/release' },
  cooldowns: { verb: 'GET', path: '/cooldowns' },
  cooldownReset: { verb: 'POST', path: '/processes/{id}/cooldown/reset', needs: ['allowStart'] },
  anomalies: { verb: 'GET', path: '/anomalies' },
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
  reloadConfig: { verb: 'POST', path: '/monitor/reload', localOnly: ['files'] },
  shutdown: { verb: 'POST', path: '/monitor/shutdown' },
  restartMonitor: { verb: 'POST', path: '/monitor/restart', needs: ['allowMonitorRestart'] },
} as const satisfies Record<ApiMethod, HttpRoute>;

/** Streams of server-sent events. The log shares its path with the last lines, which `?follow` tells apart. */
export const STREAM_ROUTES = {
  snapshot: '/snapshot',
  events: '/events',
  log: '/processes/{id}/logs',
} as const satisfies Record<NotificationName, string>;

/** Where a method is found over HTTP. */
export function routeOf(method: ApiMethod): HttpRoute {
  return HTTP_ROUTES[method];
}
