/** What a unit has to know of this machine. All paths are absolute. */
export interface UnitFacts {
  readonly scope: 'user' | 'system';
  readonly instance: string;
  readonly node: string;
  readonly cli: string;
  /** Where the engine looks for its sources. */
  readonly workingDirectory: string;
  /** What decides where healer's files are, and where programs are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who runs it, in a unit of the system. */
  readonly userName: string;
  /** Without the native library nobody could tell systemd that the engine is ready. */
  readonly canNotify: boolean;
}

/** By this line a unit that healer wrote, and may replace, is known. */
export const UNIT_MARK = '# Written by "healer startup systemd"';

/** The longest grace of a program's stop and its force, with room for several in a row that depend on each other. */
const STOP_SECONDS = 120;

/** The file name of an instance's unit. */
export function unitName(instance: string): string {
  return instance === 'default' ? 'healer.service' : `healer-${instance}.service`;
}

/**
 * A unit of systemd (systemd.service(5)). `KillMode=process` and `Restart=on-failure` belong together: when the engine
 * dies, its programs stay, and the next engine takes them over; `ExecStop` is what ends them on a stop.
 */
export function systemdUnit(facts: UnitFacts): string {
  const { scope, instance, node, cli, workingDirectory, environment, userName, canNotify } = facts;
  const command = (...args: readonly string[]): string =>
    [node, cli, ...args, '--instance', instance].map(quoteArgument).join(' ');
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
    `ExecStart=${command('up', '--foreground')}`,
    '# After "healer down" there is nothing left to stop, which is no failure.',
    `ExecStop=-${command('down')}`,
    'Restart=on-failure',
    'RestartSec=1',
    '# The programs outlive an engine that dies; the next one takes them over.',
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

/** `%` starts a specifier in every setting. */
function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function quote(text: string): string {
  return `"${escapeSpecifiers(text).replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** In a command line `$` starts a variable as well. */
function quoteArgument(text: string): string {
  return /^[A-Za-z0-9_/.:@-]+$/.test(text) ? text : quote(text.replaceAll('$', '$$$$'));
}
