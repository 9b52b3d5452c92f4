import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { requireTool } from './require-tool.ts';

const DAEMON = fileURLToPath(new URL('../fixtures/notification_daemon.py', import.meta.url));
/** The Python of the system has the D-Bus package; another one in PATH may not. */
const PYTHON = '/usr/bin/python3';

/** A notification as the daemon received it; urgency 2 is critical. */
export interface ShownNotification {
  readonly app: string;
  readonly summary: string;
  readonly body: string;
  readonly urgency: number;
}

/** Where a bus listens, and as which user it runs. */
export interface BusPlace {
  readonly address?: string;
  readonly uid?: number;
}

/** A private D-Bus session bus, on which a test starts a notification daemon. */
export class DesktopBus implements AsyncDisposable {
  readonly address: string;
  readonly shown: ShownNotification[] = [];
  readonly #uid: number | undefined;
  readonly #children: ChildProcess[];

  private constructor(bus: ChildProcess, address: string, uid: number | undefined) {
    this.#children = [bus];
    this.address = address;
    this.#uid = uid;
  }

  /** @throws Error if dbus-daemon is not installed; `.ci/run` installs it */
  static async open({ address, uid }: BusPlace = {}): Promise<DesktopBus> {
    requireTool('dbus-daemon');
    requireTool('notify-send');
    const place = address === undefined ? [] : [`--address=${address}`];
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address', ...place], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'ignore'],
      ...userOf(uid),
    });
    const [line] = (await once(createInterface(bus.stdout), 'line')) as [string];
    return new DesktopBus(bus, line, uid);
  }

  /** Starts a daemon that takes or refuses notifications, or does not answer. @throws Error if it exits at once */
  async startDaemon(mode: 'takes' | 'refuses' | 'silent'): Promise<void> {
    const env = { PATH: process.env['PATH'] ?? '', DBUS_SESSION_BUS_ADDRESS: this.address };
    const daemon = spawn(PYTHON, [DAEMON, mode], {
      cwd: '/',
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...userOf(this.#uid),
    });
    this.#children.push(daemon);
    const lines = createInterface(daemon.stdout);
    const ready = once(lines, 'line');
    lines.on('line', (line) => {
      if (line !== '"ready"') this.shown.push(JSON.parse(line) as ShownNotification);
    });
    const ended = once(daemon, 'exit').then(() => {
      throw new Error(`the notification daemon exited: it needs the packages python3-dbus and python3-gi`);
    });
    // Later it is ended by this object.
    ended.catch(() => undefined);
    await Promise.race([ready, ended]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }
}

function userOf(uid: number | undefined): { readonly uid?: number; readonly gid?: number } {
  return uid === undefined ? {} : { uid, gid: uid };
}
