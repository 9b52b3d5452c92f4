import type { Access, MethodName } from './methods.ts';

/** The access of each method, as in the table of methods. Separate from it, since clients must not load the schemas. */
const METHOD_ACCESS = {
  hello: 'read',
  status: 'read',
  list: 'read',
  describe: 'read',
  history: 'read',
  usage: 'read',
  start: 'operate',
  stop: 'operate',
  restart: 'operate',
  kill: 'operate',
  reload: 'operate',
  signal: 'operate',
  pause: 'operate',
  resume: 'operate',
  enable: 'operate',
  disable: 'operate',
  operate: 'operate',
  add: 'operate',
  update: 'operate',
  remove: 'operate',
  scale: 'operate',
  settings: 'read',
  changeSetting: 'admin',
  remoteConfig: 'read',
  changeRemoteConfig: 'admin',
  checkHealth: 'operate',
  hold: 'operate',
  release: 'operate',
  holdAll: 'operate',
  releaseAll: 'operate',
  cooldowns: 'read',
  cooldownReset: 'operate',
  anomalies: 'read',
  suggest: 'read',
  zombies: 'read',
  cleanZombies: 'operate',
  track: 'operate',
  untrack: 'operate',
  trackStatus: 'read',
  logs: 'read',
  events: 'read',
  reloadConfig: 'admin',
  shutdown: 'admin',
  restartMonitor: 'operate',
  subscribeSnapshot: 'read',
  subscribeEvents: 'read',
  subscribeLog: 'read',
  unsubscribe: 'read',
} as const satisfies Record<MethodName, Access>;

/** Returns the access that a method requires. One that only a later version knows counts as a change. */
export function accessOf(method: string): Access {
  return Object.hasOwn(METHOD_ACCESS, method) ? METHOD_ACCESS[method as MethodName] : 'operate';
}

/** Returns the names of all methods that require an access. */
export function methodsWith(access: Access): readonly string[] {
  return Object.entries(METHOD_ACCESS).flatMap(([method, required]) => (required === access ? [method] : []));
}
