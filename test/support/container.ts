import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { finished, type CliResult } from './run-cli.ts';
import type { Image } from './image.ts';
import { waitFor } from './wait-for.ts';

/** How a container is started. */
export interface ContainerOptions {
  /** Uid and gid; by default the user of the image. */
  readonly user?: string;
  /** Folders that are writable although the root is not. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** The command of an image, running as PID 1 of its own namespaces, with a read-only root. */
export class Container implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #image: Image;
  readonly #user: string;
  readonly exit: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  output = '';

  constructor(image: Image, { user, volumes }: ContainerOptions) {
    this.#image = image;
    this.#user = idsOf(image, user ?? image.user);
    const { root } = image;
    const mounts = [
      `mount --bind "${root}" "${root}"`,
      `mount --rbind /dev "${root}/dev"`,
      `mount -t proc proc "${root}/proc"`,
      `mount -t tmpfs tmpfs "${root}/tmp"`,
      ...Object.entries(volumes).map(([path, folder]) => `mount --bind "${folder}" "${root}${path}"`),
      `mount -o remount,bind,ro "${root}"`,
      `exec "$@"`,
    ];
    const inside = ['sh', '-c', mounts.join(' && '), 'sh', ...this.#inRoot(root, image.command)];
    // unshare itself stays outside, and its child is PID 1.
    this.#child = spawn(
      'unshare',
      ['--mount', '--pid', '--ipc', '--uts', '--net', '--fork', '--kill-child', ...inside],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exit = once(this.#child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** Switches the loopback interface on, then enters the root and its folder with the user and the variables of the image. */
  #inRoot(root: string, command: readonly string[]): string[] {
    const { env, workdir } = this.#image;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const python =
      'import fcntl,os,socket,struct,sys; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 73)); r,w,u,g=sys.argv[1:5]; os.chroot(r); os.chdir(w); os.setgroups([]); os.setgid(int(g)); os.setuid(int(u)); e=dict(v.split("=",1) for v in sys.argv[6:6+int(sys.argv[5])]); os.environ.clear(); os.environ.update(e); c=sys.argv[6+int(sys.argv[5]):]; os.execvp(c[0],c)';
    const [uid = '0', gid = '0'] = this.#user.split(':');
    return ['python3', '-c', python, root, workdir, uid, gid, String(variables.length), ...variables, ...command];
  }

  /** Returns the pid of the container's PID 1 outside. */
  async pid(): Promise<number> {
    const parent = String(this.#child.pid);
    return waitFor(() => {
      const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim();
      return children === '' ? null : Number(children.split(' ')[0]);
    }, 'PID 1');
  }

  /** Runs a command beside PID 1, as `docker exec` and health checks do. */
  async run(command: readonly string[]): Promise<CliResult> {
    const target = String(await this.pid());
    return finished(
      spawn('nsenter', [
        ...['--target', target, '--mount', '--pid', '--ipc', '--uts', '--net'],
        ...this.#inRoot(this.#image.root, command),
      ]),
    );
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.pid(), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }
}

function idsOf({ root }: Image, user: string): string {
  if (/^\d+$/.test(user)) return `${user}:0`;
  if (/^\d+:\d+$/.test(user)) return user;
  const entry = readFileSync(`${root}/etc/passwd`, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  return `${entry?.[2] ?? '0'}:${entry?.[3] ?? '0'}`;
}

/** Changes the owner of a folder and all that it contains. */
export function giveTo(owner: string, folder: string): void {
  execFileSync('chown', ['-R', owner, folder]);
}
