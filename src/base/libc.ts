import { createRequire } from 'node:module';
import { constants as os } from 'node:os';
import { firstNames } from './signal-names.ts';

/** A failed system call, in the form of Node's own errors: `code` is the name of the errno. */
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

/** EAGAIN and EWOULDBLOCK have the same number; the first one is the usual name. */
let errnoNames: ReadonlyMap<number, string> | undefined;

function nameOfErrno(errno: number): string {
  errnoNames ??= firstNames(os.errno);
  return errnoNames.get(errno) ?? `errno ${String(errno)}`;
}

/**
 * The C functions that healer needs and Node does not provide. Structures are passed as Buffers, whose layout is defined
 * by the callers. `long` results are lengths of at most a few MiB, so they are safe integers.
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
  posix_spawn_file_actions_adddup2: 'int posix_spawn_file_actions_adddup2(void *actions, int fd, int target)',
  sigfillset: 'int sigfillset(void *set)',
  sigemptyset: 'int sigemptyset(void *set)',
  clock_gettime: 'int clock_gettime(int clock, void *time)',
  waitid: 'int waitid(int idtype, int id, void *info, int options)',
  wait4: 'int wait4(int pid, void *status, int options, void *usage)',
  mkfifo: 'int mkfifo(const char *path, uint mode)',
  getxattr: 'long getxattr(const char *path, const char *name, void *value, size_t size)',
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
  prlimit: 'int prlimit(int pid, int resource, void *changed, void *previous)',
  signal: 'intptr_t signal(int number, intptr_t handler)',
  socket: 'int socket(int domain, int type, int protocol)',
  sendto: 'long sendto(int fd, void *bytes, size_t length, int flags, void *address, uint addressLength)',
  sendmsg: 'long sendmsg(int fd, void *message, int flags)',
  recvmsg: 'long recvmsg(int fd, void *message, int flags)',
  bind: 'int bind(int fd, void *address, uint addressLength)',
  listen: 'int listen(int fd, int backlog)',
  connect: 'int connect(int fd, void *address, uint addressLength)',
  accept4: 'int accept4(int fd, void *address, void *addressLength, int flags)',
  setsockopt: 'int setsockopt(int fd, int level, int name, void *value, uint length)',
  getsockopt: 'int getsockopt(int fd, int level, int name, void *value, void *length)',
  // Older C libraries have no wrappers for the system calls about pidfds. The kernel ignores arguments that a call does not take.
  syscall: 'long syscall(long number, int a, uint b, void *c, uint d)',
} as const;

type Name = keyof typeof PROTOTYPES;
type CValue = number | string | null | Buffer | readonly (string | null)[] | number[];

export interface Libc {
  /** Calls a function and returns its result without checking it. */
  call(name: Name, ...args: CValue[]): number;
  /** Like `call`, for functions that return -1 and set errno on failure. @throws SystemCallError */
  check(name: Name, ...args: CValue[]): number;
  /** Returns the errno of the last call. */
  errno(): number;
  /** Returns the address of the bytes of a buffer, which must be kept alive as long as the address is used. */
  addressOf(buffer: Buffer): bigint;
}

export type LibcResult = { readonly libc: Libc } | { readonly libc: null; readonly problem: string };

/** The file names of glibc and musl. */
const LIBRARY_NAMES = ['libc.so.6', 'libc.so'];

let loaded: LibcResult | undefined;

/** Loads the C library once. Without the native package the result names the problem, and healer runs with reduced features. */
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
  // Bound on first use: the log collector needs a third of the functions, and each one adds to start-up time.
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
    addressOf: (buffer) => koffi.address(buffer),
  };
}
