import type { ProcessIdentity } from '../../../base/process-identity.ts';
import type { RunRef } from '../../../protocol/run.ts';
import { descriptors } from '../../../base/descriptors.ts';
import type { Libc } from '../../../base/libc.ts';
import type { LossFile } from './loss-file.ts';
import { type LogLoss, LogWriter } from '../files/log-writer.ts';
import type { RunMarks } from '../files/run-marks.ts';
import type { LogGap } from '../files/log-transport.ts';
import { openFifoOfAnyWriter } from '../files/held-fifo.ts';
import { unlinkPipes } from '../files/run-pipes.ts';
import type { FollowCommand } from '../files/messages.ts';
import { OutputPipe } from './output-pipe.ts';

/** A run whose output the log collector moves into log files. */
export interface FollowedRun {
  readonly name: RunRef;
  /** Replaced if another process becomes the main process of the run. */
  command: FollowCommand;
  readonly writer: LogWriter;
  /** The pipes that a process may still write to. */
  readonly pipes: Set<OutputPipe>;
  /** Null once its process has exited. */
  stopWatching: (() => void) | null;
}

/** What opening the pipes of a run requires. */
export interface OpenRunOptions {
  /** The engine, which may hold FIFOs that were unlinked; null if none is attached. */
  readonly engine: ProcessIdentity | null;
  readonly libc: Libc;
  readonly onGap: (gap: LogGap) => void;
  readonly losses: LossFile;
  readonly marks: RunMarks;
  readonly onProblem: (message: string) => void;
}

/** Opens the pipes of a run and reports those that cannot be opened. If a FIFO was unlinked, it is opened through the engine. */
export function openRun(
  command: FollowCommand,
  { engine, libc, onGap, losses, marks, onProblem }: OpenRunOptions,
): FollowedRun {
  const { id, run, pid, logDir, log, startedAtWall } = command;
  const onLoss = (loss: LogLoss | null): void => {
    if (loss === null) losses.remove({ id, run });
    else losses.put({ id, run, logDir, log: writer.settings, ...loss });
  };
  if (typeof startedAtWall === 'number') marks.announce(logDir, { run, pid, atWall: startedAtWall });
  const writer = new LogWriter({ id, run }, logDir, log, onGap, {
    onLoss,
    marks: startedAtWall === undefined ? null : marks,
    writeEarlier: (nowWall) => losses.retryUnknown(nowWall, onGap, { marks, logDir }),
  });
  const kept = losses.take({ id, run });
  if (kept !== null) writer.resume({ ...kept, retryAtWall: 0 });
  const pipes = new Set<OutputPipe>();
  const holders = engine === null ? [command] : [command, engine];
  for (const stream of ['stdout', 'stderr'] as const) {
    if (command.pipes === null) break;
    const path = command.pipes[`${stream}Path`];
    try {
      const fd = descriptors.withReserve(() => openFifoOfAnyWriter(path, holders));
      pipes.add(new OutputPipe({ fd, path, stream, writer, libc }));
    } catch (error) {
      onProblem(`cannot follow ${stream} of "${id}": ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { name: { id, run }, command, writer, pipes, stopWatching: null };
}

export function closeRun(
  { name, writer, command, stopWatching }: FollowedRun,
  losses: LossFile,
  nowWall: number,
): void {
  stopWatching?.();
  writer.close(nowWall);
  losses.release(name);
  if (command.pipes !== null) unlinkPipes(command.pipes);
}
