import { createRequire } from 'node:module';
import { constants as os } from 'node:os';

/** A system call that failed, told as Node tells its own: `code` is the errno's name. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly errno: number;
  readonly code: string;
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(syscall: string, errno: number, path?: string) {
    const code = nameOfErrno(errno);
    super(`${code}: ${syscall}${path === undefined ? '' : ` '${path}'`}`);
    this.errno = errno;
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }
}

const ERRNO_NAMES = new Map(Object.entries(os.errno).map(([name, number]) => [number, name]));

function nameOfErrno(errno: number): string {
  return ERRNO_NAMES.get(errno) ?? `errno ${String(errno)}`;
}

/**
 * The C prototypes healer needs and Node does not offer. Structures travel as Buffers whose layout their users know.
 * `long` results are safe integers here: lengths of at most a few MiB.
 */
const PROTOTYPES = {
  posix_spawn:
    'int posix_spawn(_Out_ int *pid, const char *path, void *actions, void *attr, const char **argv, const char **envp)',
  posix_spawnattr_init: 'int posix_spawnattr_init(void *attr)',
  posix_spawnattr_setflags: 'int posix_spawnattr_setflags(void *attr, short flags)',
  posix_spawnattr_setsigdefault: 'int posix_spawnattr_setsigdefault(void *attr, void *set)',
  posix_spawnattr_setsigmask: 'int posix_spawnattr_setsigmask(void *attr, void *set)',
  posix_spawn_file_actions_init: 'int posix_spawn_file_actions_init(void *actions)',
  posix_spawn_file_actions_destroy: 'int posix_spawn_file_actions_destroy(void *actions)',
  posix_spawn_file_actions_addopen:
    'int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, uint mode)',
  posix_spawn_file_actions_addchdir_np: 'int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)',
  sigfillset: 'int sigfillset(void *set)',
  sigemptyset: 'int sigemptyset(void *set)',
  waitid: 'int waitid(int idtype, int id, void *info, int options)',
  mkfifo: 'int mkfifo(const char *path, uint mode)',
  fcntl: 'int fcntl(int fd, int command, int argument)',
  ioctl: 'int ioctl(int fd, ulong request, void *argument)',
  flock: 'int flock(int fd, int operation)',
  pipe2: 'int pipe2(void *fds, int flags)',
  tee: 'long tee(int from, int to, size_t length, uint flags)',
  splice: 'long splice(int from, void *fromOffset, int to, _Inout_ int64_t *toOffset, size_t length, uint flags)',
  epoll_create1: 'int epoll_create1(int flags)',
  epoll_ctl: 'int epoll_ctl(int epoll, int operation, int fd, void *event)',
  epoll_wait: 'int epoll_wait(int epoll, void *events, int capacity, int timeoutMs)',
  poll: 'int poll(void *fds, ulong count, int timeoutMs)',
  prctl: 'int prctl(int option, ulong a, ulong b, ulong c, ulong d)',
  socket: 'int socket(int domain, int type, int protocol)',
  sendto: 'long sendto(int fd, void *bytes, size_t length, int flags, void *address, uint addressLength)',
  // pidfd_open has no wrapper in older C libraries; its number is the same on every architecture.
  syscall: 'long syscall(long number, int a, uint b)',
} as const;

type Name = keyof typeof PROTOTYPES;
type CValue = number | string | null | Buffer | readonly (string | null)[] | number[];

export interface Libc {
  /** Calls and gives the result; the caller judges it. */
  call(name: Name, ...args: CValue[]): number;
  /** Like `call`, for functions that answer -1 and set errno. @throws SystemCallError */
  check(name: Name, ...args: CValue[]): number;
  /** Of the last call. */
  errno(): number;
}

export type LibcResult = { readonly libc: Libc } | { readonly libc: null; readonly problem: string };

/** glibc under its stable name, musl under its own. */
const LIBRARY_NAMES = ['libc.so.6', 'libc.so'];

let loaded: LibcResult | undefined;

/** Loads once. On a machine without the native package it tells why, and healer goes on with less. */
export function loadLibc(): LibcResult {
  loaded ??= tryLoad();
  return loaded;
}

function tryLoad(): LibcResult {
  if (process.env['HEALER_NO_NATIVE'] === '1') return { libc: null, problem: 'HEALER_NO_NATIVE=1 is set' };
  if (process.platform !== 'linux') return { libc: null, problem: `not available on ${process.platform}` };
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const library = openFirst(koffi, LIBRARY_NAMES);
    return { libc: bind(koffi, library) };
  } catch (error) {
    return { libc: null, problem: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

type Koffi = typeof import('koffi');
type Library = ReturnType<Koffi['load']>;
type CFunction = (...args: CValue[]) => unknown;

function openFirst(koffi: Koffi, names: readonly string[]): Library {
  let problem: unknown;
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch (error) {
      problem = error;
    }
  }
  throw problem instanceof Error ? problem : new Error('no C library found');
}

function bind(koffi: Koffi, library: Library): Libc {
  const bound = new Map<Name, CFunction>();
  // Bound at first use: the collector needs a third of them, and each costs start-up time.
  const functionOf = (name: Name): CFunction => {
    let found = bound.get(name);
    if (found === undefined) {
      found = library.func(PROTOTYPES[name]);
      bound.set(name, found);
    }
    return found;
  };
  const call = (name: Name, ...args: CValue[]): number => Number(functionOf(name)(...args));
  return {
    call,
    check(name, ...args) {
      const result = call(name, ...args);
      if (result === -1) throw new SystemCallError(name, koffi.errno());
      return result;
    },
    errno: () => koffi.errno(),
  };
}
