import { existsSync, rmSync } from 'node:fs';
import { removeWithDraft } from '../../base/atomic-file.ts';
import type { Libc } from '../../base/libc.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { removePipesFolder } from '../../config/instance/pipes-folder.ts';
import { startProgressFile } from '../../config/instance/start-progress.ts';
import { readStartNote } from '../../config/instance/start-note.ts';
import { collectorPathsOf } from '../logs/files/collector-paths.ts';
import { removeLeftCollectorFiles } from '../logs/files/left-collector-files.ts';
import { runsWithPipes } from '../logs/files/run-pipes.ts';
import { acquireInstanceLocks } from '../store/instance-lock.ts';
import { removeLeftSeqNote } from '../store/seq-note.ts';

/**
 * Removes what a peer that was killed left in the runtime folder, when the pair is shut down. What its programs need to be adopted
 * is kept while any of their pipes exists. Does nothing if the peer is running.
 * @param own the instance that shuts down; the note of an engine that existed to watch it is removed too
 */
export function clearDeadPeer(peer: Paths, own: string, libc: Libc | null): void {
  if (!leftFilesOf(peer).some((path) => existsSync(path))) return;
  try {
    const lock = acquireInstanceLocks(peer, libc);
    try {
      clear(peer, own, libc);
    } finally {
      lock.release();
    }
  } catch {
    // It is running, or its folder cannot be written: the next shutdown tries again.
  }
}

function leftFilesOf(peer: Paths): readonly string[] {
  const { lock, socket, startNote, seqNote, pipesDir } = peer;
  const { spareLock, journal, exits, losses } = collectorPathsOf(peer);
  return [lock, socket, startNote, seqNote, pipesDir, startProgressFile(peer), spareLock, journal, exits, losses];
}

function clear(peer: Paths, own: string, libc: Libc | null): void {
  rmSync(peer.socket, { force: true });
  removeWithDraft(startProgressFile(peer));
  if (readStartNote(peer.startNote)?.partner === own) removeWithDraft(peer.startNote);
  removeLeftSeqNote(peer.seqNote, peer.healingLog);
  if (runsWithPipes(peer.pipesDir).length > 0) return;
  if (libc === null || removeLeftCollectorFiles(peer, libc)) removePipesFolder(peer.pipesDir);
}
