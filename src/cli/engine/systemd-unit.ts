import { ENGINE_NODE_OPTIONS } from '../../config/instance/engine-arguments.ts';

/** What a unit depends on. All paths are absolute. */
export interface UnitFacts {
  readonly scope: 'user' | 'system';
  readonly instance: string;
  readonly node: string;
  readonly cli: string;
  /** Where the engine searches for files that define programs. */
  readonly workingDirectory: string;
  /** The variables that decide where healer keeps its files and where programs are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** The user that runs the engine of a system-wide unit. */
  readonly userName: string;
  /** Whether the native library works, which notifies systemd that the engine is ready. */
  readonly canNotify: boolean;
}

/** The first line of a unit that healer wrote and may replace. */
export const UNIT_MARK = '# Written by "healer startup systemd"';

/** Allows several programs that depend on each other to use their whole stop timeouts in a row. */
const STOP_SECONDS = 120;

/** Returns the file name of an instance's unit. */
export function unitName(instance: string): string {
  return instance === 'default' ? 'healer.service' : `healer-${instance}.service`;
}

/**
 * Returns a systemd unit, see systemd.service(5). `KillMode=process` and `Restart=on-failure` belong together: if the
 * engine dies, its programs keep running and the next engine adopts them; `ExecStop` stops them when the unit is stopped.
 */
export function systemdUnit(facts: UnitFacts): string {
  const { scope, instance, node, cli, workingDirectory, environment, userName, canNotify } = facts;
  const command = (nodeOptions: readonly string[], ...args: readonly string[]): string =>
    [node, ...nodeOptions, cli, ...args, '--instance', instance].map(quoteArgument).join(' ');
  return lines(
    UNIT_MARK,
    '[Unit]',
    `Description=healer keeps programs alive (instance ${instance})`,
    scope === 'system' && 'Wants=network-online.target',
    scope === 'system' && 'After=network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    canNotify ? 'Type=notify' : 'Type=exec',
    canNotify && 'NotifyAccess=main',
    canNotify && 'WatchdogSec=30',
    scope === 'system' && `User=${userName}`,
    ...Object.entries(environment).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
    `WorkingDirectory=${escapeSpecifiers(workingDirectory)}`,
    `ExecStart=${command(ENGINE_NODE_OPTIONS, 'up', '--foreground')}`,
    '# After "healer down" the engine is not running, which is not a failure.',
    `ExecStop=-${command([], 'down')}`,
    'Restart=on-failure',
    'RestartSec=1',
    '# Programs keep running if the engine dies; the next engine adopts them.',
    'KillMode=process',
    `TimeoutStopSec=${STOP_SECONDS}`,
    'TimeoutStartSec=300',
    'Delegate=yes',
    'LimitNOFILE=65536',
    'OOMPolicy=continue',
    '',
    '[Install]',
    `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
  );
}

function lines(...parts: readonly (string | false)[]): string {
  return `${parts.filter((part) => part !== false).join('\n')}\n`;
}

/** In every setting, `%` starts a specifier. */
function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function quote(text: string): string {
  return `"${escapeSpecifiers(text).replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** In a command line, `$` starts a variable. */
function quoteArgument(text: string): string {
  return /^[A-Za-z0-9_/.:@=-]+$/.test(text) ? text : quote(text.replaceAll('$', '$$$$'));
}
