import type { DefinitionChanges } from '../../src/protocol/definition.ts';
import type { Permission } from '../../src/protocol/permissions.ts';

/** A change of a program, and the permissions that it takes besides `allowRegister`, written down independently of the code. */
export interface ChangeCase {
  readonly changes: DefinitionChanges;
  /** For a program that runs. */
  readonly active: readonly Permission[];
  /** For a program that does not; the same if absent. */
  readonly idle?: readonly Permission[];
}

const RESTART: readonly Permission[] = ['allowStart', 'allowStop'];
const HEALING: readonly Permission[] = ['allowStart', 'allowStop', 'allowDisable'];
const UPKEEP: readonly Permission[] = ['allowStop', 'allowDisable'];

const restarting = (changes: DefinitionChanges): ChangeCase => ({ changes, active: RESTART, idle: [] });
const healing = (changes: DefinitionChanges): ChangeCase => ({ changes, active: HEALING });
const upkeep = (changes: DefinitionChanges): ChangeCase => ({ changes, active: UPKEEP });

/** Every kind of change, at least one for each field that can be changed remotely. */
export const CHANGE_CASES: readonly ChangeCase[] = [
  { changes: { name: 'Another name' }, active: [] },
  { changes: { groups: ['another'] }, active: [] },
  restarting({ args: ['1000'] }),
  restarting({ env: { COLOR: 'red' } }),
  restarting({ cwd: '/' }),
  restarting({ inheritEnv: false }),
  restarting({ nice: 19 }),
  restarting({ umask: '077' }),
  restarting({ rlimits: { nofile: 64 } }),
  restarting({ session: 'none' }),
  healing({ limits: { memoryMb: 100_000 } }),
  healing({ limits: { cpuPercent: 10_000 } }),
  healing({ restart: { policy: 'never' } }),
  healing({ restart: { backoffMs: [1] } }),
  healing({ restart: { cooldown: { restarts: 1 } } }),
  healing({ anomaly: { leak: { enabled: false } } }),
  healing({ anomaly: { forkBomb: { maxDescendants: 1_000 } } }),
  healing({
    health: { check: { type: 'tcp', port: 9 }, intervalMs: 600_000, startupCheck: { initialDelayMs: 600_000 } },
  }),
  healing({ dependsOn: ['other'] }),
  healing({ startSeconds: 2 }),
  healing({ ready: { delayMs: 5 } }),
  healing({ watchdogMs: 1_000 }),
  restarting({ sockets: [{ listen: 8080 }] }),
  healing({ type: 'forking' }),
  healing({ type: 'forking', pidFile: '/run/x.pid' }),
  healing({ zombies: 'restart-parent' }),
  healing({ scheduling: { overlap: 'queue' } }),
  healing({ maxRuntimeMs: 60_000 }),
  healing({ onFleetLost: { after: 60_000 } }),
  healing({ hooks: { crashed: ['/usr/bin/sleep', '1'] } }),
  upkeep({ stop: { signal: 'SIGINT' } }),
  upkeep({ stop: { gracefulTimeoutMs: 1_000 } }),
  upkeep({ stop: { sequence: [['SIGINT', 1_000]] } }),
  upkeep({ reload: { signal: 'SIGUSR1' } }),
  upkeep({ notify: 'none' }),
  upkeep({ logs: { keep: 0 } }),
  upkeep({ healTimeoutMs: 10 }),
  upkeep({ leftovers: 'leave' }),
  { changes: { healing: 'observe' }, active: ['allowDisable'] },
  { changes: { autostart: true }, active: ['allowAutostart'] },
  { changes: { autostart: false }, active: ['allowDisable', 'allowStop'] },
  { changes: { enabled: true }, active: ['allowDisable', 'allowStart'] },
  { changes: { enabled: false }, active: ['allowDisable', 'allowStop'], idle: ['allowDisable'] },
  { changes: { schedule: '0 4 1 1 *' }, active: RESTART },
  { changes: { name: 'X', notify: 'none', nice: 5 }, active: HEALING, idle: UPKEEP },
];
