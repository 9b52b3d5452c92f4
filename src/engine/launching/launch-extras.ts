import { constants } from 'node:fs';
import { HealerError } from '../../protocol/errors.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { HeldSocketsLink, ReadyLine, RunPipes } from '../logs/files/log-transport.ts';
import type { PassedDescriptor } from '../os/launcher.ts';

/** The first descriptor after the standard streams: SD_LISTEN_FDS_START. */
const FIRST_FD = 3;

/** What a run receives besides its command, so that it can be ready, watched, or given sockets. */
export interface LaunchExtras {
  /** NAME=value. */
  readonly env: readonly string[];
  readonly descriptors: readonly PassedDescriptor[];
  /** Variables that contain the pid of the program. */
  readonly ownPid: readonly string[];
}

const NO_EXTRAS: LaunchExtras = { env: [], descriptors: [], ownPid: [] };

/** Returns whether a program uses a pipe to say that it is ready. */
export function hasReadyPipe({ ready }: Pick<ProcessSpec, 'ready'>): boolean {
  return ready?.fd !== undefined || ready?.message !== undefined;
}

/** Returns how a program says through its pipe that it is ready; nothing if it has no such pipe. */
export function readyLineOf(spec: Pick<ProcessSpec, 'ready'>): { readonly ready?: ReadyLine } {
  if (!hasReadyPipe(spec)) return {};
  return { ready: spec.ready?.message === undefined ? {} : { message: spec.ready.message } };
}

/** Returns whether a program sends notifications to a socket. */
function sendsNotices({ ready, watchdogMs }: Pick<ProcessSpec, 'ready' | 'watchdogMs'>): boolean {
  return ready?.notify === true || watchdogMs !== null;
}

/** Returns whether a program needs what only native system calls provide. */
function needsSockets(spec: ProcessSpec): boolean {
  return spec.sockets.length > 0 || sendsNotices(spec) || hasReadyPipe(spec);
}

/** Makes sure that the notification socket of an adopted program exists. It may be missing if its log collector died. */
export function renewNoticeAddress(spec: ProcessSpec, sockets: HeldSocketsLink | null, isOtherUser: boolean): void {
  if (sockets !== null && sendsNotices(spec)) sockets.noticeAddress(isOtherUser);
}

interface ExtrasSurroundings {
  readonly pipes: RunPipes;
  readonly sockets: HeldSocketsLink | null;
  readonly isOtherUser: boolean;
  /** Descriptors of this process, one for each of the program's sockets. */
  readonly listening: readonly { readonly fd: number; readonly name: string }[];
}

/**
 * Returns what a run receives besides its command.
 * @throws HealerError SPAWN_FAILED if it needs system calls that are not available
 */
export function extrasOf(spec: ProcessSpec, around: ExtrasSurroundings): LaunchExtras {
  if (!needsSockets(spec)) return NO_EXTRAS;
  const { sockets, listening } = around;
  if (sockets === null) {
    throw new HealerError(
      'SPAWN_FAILED',
      `cannot start "${spec.id}": ready.notify, ready.fd, ready.message, watchdogMs and sockets need native system calls; see "healer doctor"`,
      { id: spec.id },
    );
  }
  const parts = [noticeExtras(spec, sockets, around), socketExtras(listening), readyExtras(spec, around)];
  return {
    env: parts.flatMap(({ env }) => env),
    descriptors: parts.flatMap(({ descriptors }) => descriptors),
    ownPid: parts.flatMap(({ ownPid }) => ownPid),
  };
}

function noticeExtras(spec: ProcessSpec, sockets: HeldSocketsLink, { isOtherUser }: ExtrasSurroundings): LaunchExtras {
  if (!sendsNotices(spec)) return NO_EXTRAS;
  const env = [`NOTIFY_SOCKET=${sockets.noticeAddress(isOtherUser)}`];
  if (spec.watchdogMs === null) return { ...NO_EXTRAS, env };
  return { ...NO_EXTRAS, env: [...env, `WATCHDOG_USEC=${String(spec.watchdogMs * 1000)}`], ownPid: ['WATCHDOG_PID'] };
}

function socketExtras(listening: ExtrasSurroundings['listening']): LaunchExtras {
  if (listening.length === 0) return NO_EXTRAS;
  const names = listening.map(({ name }) => name).join(':');
  return {
    env: [`LISTEN_FDS=${String(listening.length)}`, `LISTEN_FDNAMES=${names}`],
    descriptors: listening.map(({ fd }, index) => ({ fd: FIRST_FD + index, source: { fd } })),
    ownPid: ['LISTEN_PID'],
  };
}

function readyExtras({ ready }: ProcessSpec, { pipes, listening }: ExtrasSurroundings): LaunchExtras {
  const path = pipes.readyPath;
  if (path === undefined || ready === null) return NO_EXTRAS;
  // Also open for reading, so that writing never fails, even while no process reads it.
  const both = { path, flags: constants.O_RDWR };
  if (ready.fd !== undefined) return { ...NO_EXTRAS, descriptors: [{ fd: ready.fd, source: both }] };
  // Node would read its own messages, so its end of the channel can only be written to; the next one keeps it open.
  const fd = FIRST_FD + listening.length;
  const channel = { path, flags: constants.O_WRONLY };
  return {
    env: [`NODE_CHANNEL_FD=${String(fd)}`, 'NODE_CHANNEL_SERIALIZATION_MODE=json'],
    descriptors: [
      { fd: fd + 1, source: both },
      { fd, source: channel },
    ],
    ownPid: [],
  };
}
