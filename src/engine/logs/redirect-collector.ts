import { closeSync, constants, openSync, readlinkSync, writeSync } from 'node:fs';
import { isSameFile } from '../../base/is-same-file.ts';
import { type CollectorNote, readCollectorNotes } from './files/collector-lock.ts';
import { type CollectorSettings, collectorPathsOf } from './files/collector-paths.ts';
import type { CollectorCommand } from './files/messages.ts';

const COMMANDS_NAME = /\/keeper\.in(?: \(deleted\))?$/;

/**
 * Redirects a log collector that listens elsewhere to the FIFOs of this engine: its own were unlinked, or its engine had
 * another runtime folder. A second log collector would split the lines of running programs.
 */
export function redirectCollector(settings: CollectorSettings, commandsFd: number): void {
  for (const note of readCollectorNotes(collectorPathsOf(settings))) redirect(note, settings, commandsFd);
}

function redirect(note: CollectorNote, settings: CollectorSettings, commandsFd: number): void {
  const itsCommands = `/proc/${String(note.pid)}/fd/${String(note.commandsFd)}`;
  try {
    // The note may be that of an earlier log collector, and its pid may have been reused.
    if (!COMMANDS_NAME.test(readlinkSync(itsCommands)) || isSameFile(commandsFd, itsCommands)) return;
    const { runtimeDir, pipesDir } = settings;
    sendTo(itsCommands, { kind: 'move', runtimeDir, pipesDir });
  } catch {
    // It is exiting or moving at this moment; the caller retries until it responds.
  }
}

function sendTo(fifo: string, command: CollectorCommand): void {
  const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    // The empty line terminates a message that a killed engine may have written in part.
    writeSync(fd, `\n${JSON.stringify(command)}\n`);
  } finally {
    closeSync(fd);
  }
}
