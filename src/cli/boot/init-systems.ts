import { join } from 'node:path';
import type { BootFacts, InstalledFacts } from './boot-facts.ts';
import { jobLabel, launchdPlist, readPlist } from './launchd-plist.ts';
import { openrcScript, readScript, serviceName } from './openrc-script.ts';
import { readUnit, systemdUnit, unitName } from './systemd-unit.ts';

export type Scope = BootFacts['scope'];
export type InitSystemName = 'systemd' | 'openrc' | 'launchd';

/** Where a service file of a user belongs. */
export interface UserFolders {
  readonly home: string;
  /** `XDG_CONFIG_HOME`, or what it is by default. */
  readonly configHome: string;
}

/** How an init system starts the engine at boot. */
export interface InitSystem {
  readonly name: InitSystemName;
  /** What the file is called in messages. */
  readonly fileKind: string;
  readonly scopes: readonly Scope[];
  /** The permissions of the file. */
  readonly mode: number;
  /** Whether the engine's output goes to a file, which needs a folder. */
  readonly printsToFile: boolean;
  readonly path: (scope: Scope, instance: string, user: UserFolders) => string;
  readonly write: (facts: BootFacts) => string;
  readonly read: (text: string) => InstalledFacts;
  /** Returns the commands to run after the file was written. */
  readonly steps: (facts: Pick<BootFacts, 'scope' | 'instance' | 'userName'>, path: string, uid: number) => string[];
  /** Returns the command with which a changed file takes effect at the next start. */
  readonly reload: (scope: Scope) => string | null;
}

const READABLE_BY_ALL = 0o644;
const EXECUTABLE_BY_ALL = 0o755;

/** Returns the line in a file that healer wrote and may replace. */
export function markOf(name: InitSystemName): string {
  return `# Written by "healer startup ${name}"`;
}

const SYSTEMD: InitSystem = {
  name: 'systemd',
  fileKind: 'unit',
  scopes: ['user', 'system'],
  mode: READABLE_BY_ALL,
  printsToFile: false,
  path: (scope, instance, { configHome }) =>
    join(scope === 'system' ? '/etc/systemd/system' : join(configHome, 'systemd/user'), unitName(instance)),
  write: (facts) => systemdUnit(facts, markOf('systemd')),
  read: readUnit,
  steps: ({ scope, instance, userName }) => {
    const name = unitName(instance);
    if (scope === 'system') return ['systemctl daemon-reload', `systemctl enable --now ${name}`];
    return [
      'systemctl --user daemon-reload',
      `systemctl --user enable --now ${name}`,
      `loginctl enable-linger ${userName}`,
    ];
  },
  reload: (scope) => (scope === 'system' ? 'systemctl daemon-reload' : 'systemctl --user daemon-reload'),
};

const OPENRC: InitSystem = {
  name: 'openrc',
  fileKind: 'script',
  scopes: ['system'],
  mode: EXECUTABLE_BY_ALL,
  printsToFile: true,
  path: (_scope, instance) => join('/etc/init.d', serviceName(instance)),
  write: (facts) => openrcScript(facts, markOf('openrc')),
  read: readScript,
  steps: ({ instance }) => {
    const name = serviceName(instance);
    return [`rc-update add ${name} default`, `rc-service ${name} start`];
  },
  reload: () => null,
};

const LAUNCHD: InitSystem = {
  name: 'launchd',
  fileKind: 'property list',
  scopes: ['user', 'system'],
  mode: READABLE_BY_ALL,
  printsToFile: true,
  path: (scope, instance, { home }) =>
    join(
      scope === 'system' ? '/Library/LaunchDaemons' : join(home, 'Library/LaunchAgents'),
      `${jobLabel(instance)}.plist`,
    ),
  write: (facts) => launchdPlist(facts, markOf('launchd')),
  read: readPlist,
  steps: ({ scope }, path, uid) => [
    `launchctl bootstrap ${scope === 'system' ? 'system' : `gui/${String(uid)}`} "${path}"`,
  ],
  reload: () => null,
};

/** Every supported init system; the first one is the default. */
export const INIT_SYSTEMS: readonly InitSystem[] = [SYSTEMD, OPENRC, LAUNCHD];

/** Returns the init system of this machine, or systemd if none is found. */
export function ownInitSystem(platform: string, exists: (path: string) => boolean): InitSystem {
  if (platform === 'darwin') return LAUNCHD;
  return !exists('/run/systemd/system') && exists('/sbin/openrc-run') ? OPENRC : SYSTEMD;
}
