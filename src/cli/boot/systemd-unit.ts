import { ENGINE_NODE_OPTIONS } from '../../config/instance/engine-arguments.ts';
import { assignmentsIn, type BootFacts, type InstalledFacts, lines, OPEN_FILES, STOP_SECONDS } from './boot-facts.ts';
import { launchWords } from './launch.ts';

/** Returns the file name of an instance's unit. */
export function unitName(instance: string): string {
  return instance === 'default' ? 'healer.service' : `healer-${instance}.service`;
}

/**
 * Returns a systemd unit, see systemd.service(5). `KillMode=process` and `Restart=on-failure` belong together: if the
 * engine dies, its programs keep running and the next engine adopts them; `ExecStop` stops them when the unit is stopped.
 */
export function systemdUnit(facts: BootFacts, mark: string): string {
  const { scope, instance, workingDirectory, environment, folders, userName, canNotify } = facts;
  return lines(
    mark,
    '[Unit]',
    `Description=healer keeps programs alive (instance ${instance})`,
    scope === 'system' && 'Wants=network-online.target',
    scope === 'system' && 'After=network-online.target',
    scope === 'system' && folders.length > 0 && `RequiresMountsFor=${folders.map(quote).join(' ')}`,
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    canNotify ? 'Type=notify' : 'Type=exec',
    canNotify && 'NotifyAccess=main',
    canNotify && 'WatchdogSec=30',
    scope === 'system' && `User=${userName}`,
    ...Object.entries(environment).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
    `WorkingDirectory=${escapeSpecifiers(workingDirectory)}`,
    `ExecStart=${commandLine(facts, ENGINE_NODE_OPTIONS, ['up', '--foreground'])}`,
    '# After "healer down" the engine is not running, which is not a failure.',
    `ExecStop=-${commandLine(facts, [], ['down'])}`,
    'Restart=on-failure',
    'RestartSec=1',
    '# Programs keep running if the engine dies; the next engine adopts them.',
    'KillMode=process',
    `TimeoutStopSec=${STOP_SECONDS}`,
    'TimeoutStartSec=300',
    'Delegate=yes',
    `LimitNOFILE=${OPEN_FILES}`,
    'OOMPolicy=continue',
    '',
    '[Install]',
    `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
  );
}

/** systemd expands variables in the arguments, but not in the path of the executable, where it refuses quotes and backslashes. */
function commandLine({ launch, instance }: BootFacts, options: readonly string[], args: readonly string[]): string {
  const all = launchWords(launch, options, [...args, '--instance', instance]);
  const isRefused = /["'\\]/.test(all[0] ?? '');
  const [executable = '', ...words] = isRefused ? ['/bin/sh', '-c', 'exec "$0" "$@"', ...all] : all;
  return [quoteWord(executable), ...words.map((word) => quoteWord(word.replaceAll('$', '$$$$')))].join(' ');
}

/** In every setting, `%` starts a specifier. */
function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function quote(text: string): string {
  return `"${escapeSpecifiers(text).replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function quoteWord(text: string): string {
  return /^[A-Za-z0-9_/.:@=-]+$/.test(text) ? text : quote(text);
}

/** Reads what a unit that healer wrote says. */
export function readUnit(unit: string): InstalledFacts {
  const valueOf = (name: string): string | null => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? null;
  return {
    environment: assignmentsIn(unit, /^Environment="([^=]+)=(.*)"$/gm, (value) =>
      value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)).replaceAll('%%', '%'),
    ),
    workingDirectory: valueOf('WorkingDirectory')?.replaceAll('%%', '%') ?? null,
    userName: valueOf('User'),
  };
}
