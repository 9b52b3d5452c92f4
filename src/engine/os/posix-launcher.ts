import { constants } from 'node:fs';
import { type Libc, SystemCallError } from '../../base/libc.ts';
import { createChildReaper } from './child-reaper.ts';
import type { ChildExits, Launcher, LaunchRequest, OrphanExits } from './launcher.ts';
import { spawnFailure } from './spawn-failure.ts';
import type { Surround } from './with-open-files-limit.ts';

/** From spawn.h; identical in glibc and musl. */
const SPAWN_SETSIGDEF = 0x04;
const SPAWN_SETSIGMASK = 0x08;
const SPAWN_SETSID = 0x80;

/** Larger than the opaque structures of any supported C library (glibc: 336, 80 and 128 bytes). */
const ATTRIBUTES_BYTES = 512;
const ACTIONS_BYTES = 256;
const SIGNAL_SET_BYTES = 128;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/**
 * Creates a launcher that uses posix_spawn. The C library implements it with vfork semantics, so its cost does not grow with
 * the memory of the engine, while Node's fork copies page tables (docs/decisions.md has the measurements). In the child,
 * all signals have their default action and are unblocked, regardless of Node's settings.
 *
 * @param withLimit calls its argument while the limits of the engine are those that the child receives
 */
export function createPosixLauncher(
  libc: Libc,
  onExits: ChildExits,
  withLimit: Surround = (start) => start(),
  onOrphan?: OrphanExits,
): Launcher {
  const attributes = prepareAttributes(libc);
  const reaper = createChildReaper(libc, onExits, onOrphan);
  return {
    launch(request) {
      const pid = withLimit(() => posixSpawn(libc, attributes, request));
      reaper.expect(pid);
      return pid;
    },
    expect: (pid) => reaper.expect(pid),
    close: () => reaper.close(),
  };
}

function prepareAttributes(libc: Libc): Buffer {
  const attributes = Buffer.alloc(ATTRIBUTES_BYTES);
  const signals = Buffer.alloc(SIGNAL_SET_BYTES);
  libc.call('posix_spawnattr_init', attributes);
  libc.call('sigfillset', signals);
  libc.call('posix_spawnattr_setsigdefault', attributes, signals);
  libc.call('sigemptyset', signals);
  libc.call('posix_spawnattr_setsigmask', attributes, signals);
  libc.call('posix_spawnattr_setflags', attributes, SPAWN_SETSID | SPAWN_SETSIGDEF | SPAWN_SETSIGMASK);
  return attributes;
}

function posixSpawn(libc: Libc, attributes: Buffer, request: LaunchRequest): number {
  const actions = Buffer.alloc(ACTIONS_BYTES);
  libc.call('posix_spawn_file_actions_init', actions);
  try {
    const open = (fd: number, path: string, flags: number): number =>
      libc.call('posix_spawn_file_actions_addopen', actions, fd, path, flags, 0);
    open(STDIN, '/dev/null', constants.O_RDONLY);
    open(STDOUT, request.stdoutPath, constants.O_RDWR);
    open(STDERR, request.stderrPath, constants.O_RDWR);
    for (const { fd, source } of request.descriptors ?? []) {
      if ('path' in source) open(fd, source.path, source.flags);
      else libc.call('posix_spawn_file_actions_adddup2', actions, source.fd, fd);
    }
    libc.call('posix_spawn_file_actions_addchdir_np', actions, request.cwd);
    const pid: [number] = [0];
    const { file, argv, env } = request;
    // posix_spawn returns the errno itself, also if exec failed in the child.
    const errno = libc.call('posix_spawn', pid, file, actions, attributes, [...argv, null], [...env, null]);
    if (errno !== 0) {
      const cause = new SystemCallError('posix_spawn', errno, file);
      throw spawnFailure(request, cause.code, cause);
    }
    return pid[0];
  } finally {
    libc.call('posix_spawn_file_actions_destroy', actions);
  }
}
