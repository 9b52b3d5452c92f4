import { closeSync, constants, openSync, readlinkSync, writeSync } from 'node:fs';
import { isSameFile } from '../../base/is-same-file.ts';
import { readCollectorNote } from './files/collector-lock.ts';
import { type CollectorSettings, collectorPathsOf } from './files/collector-paths.ts';
import type { CollectorCommand } from './files/messages.ts';

const COMMANDS_NAME = /\/keeper\.in(?: \(deleted\))?$/;

/**
 * Has a collector that listens elsewhere come to our FIFOs: somebody removed the names of those it has open, or its engine
 * had another runtime folder. A second collector beside it would tear the lines of living programs apart.
 */
export function callCollector(settings: CollectorSettings, commandsFd: number): void {
  const note = readCollectorNote(collectorPathsOf(settings).lock);
  if (note === null) return;
  const itsCommands = `/proc/${String(note.pid)}/fd/${String(note.commandsFd)}`;
  try {
    // A note can be that of a collector before it, and the pid somebody else's.
    if (!COMMANDS_NAME.test(readlinkSync(itsCommands)) || isSameFile(commandsFd, itsCommands)) return;
    const { runtimeDir, pipesDir } = settings;
    tell(itsCommands, { kind: 'move', runtimeDir, pipesDir });
  } catch {
    // It goes or moves at this moment; whoever waits for its answer calls again.
  }
}

function tell(fifo: string, command: CollectorCommand): void {
  const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    // The empty line ends what an engine that was killed may have left half written.
    writeSync(fd, `\n${JSON.stringify(command)}\n`);
  } finally {
    closeSync(fd);
  }
}
