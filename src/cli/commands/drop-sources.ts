import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../client/connection/connection.ts';
import { listAll } from '../../client/attach/list-all.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Context } from '../command/context.ts';
import { absolutePath } from '../definitions/source-files.ts';
import { connectIfRunning } from '../engine/start-engine.ts';
import { canAsk, confirm } from '../output/confirm.ts';

/** How long programs may take to stop before the command returns. */
const STOP_MS = 60_000;
const POLL_MS = 50;

/**
 * Stops the programs of some files and reads these files no longer. The engine keeps running. Returns the exit code.
 * @param isAgreed whether to do so without asking
 */
export async function dropSources(context: Context, given: readonly string[], isAgreed: boolean): Promise<number> {
  const files = given.map(absolutePath);
  const connection = await connectIfRunning(context.paths);
  if (connection === null) return dropOffline(context, files);
  try {
    return await dropFrom(context, connection, { files, isAgreed });
  } finally {
    connection.close();
  }
}

interface Drop {
  readonly files: readonly string[];
  readonly isAgreed: boolean;
}

async function dropFrom({ terminal }: Context, { api }: Connection, { files, isAgreed }: Drop): Promise<number> {
  const { removed } = await api.reloadConfig({ dryRun: true, drop: [...files] });
  if (removed.length > 0 && !isAgreed) await agree(removed, files);
  const result = await api.reloadConfig({ dryRun: false, drop: [...files] });
  await stopped(api, result.removed);
  if (terminal.json) terminal.printJson(result);
  else {
    const names = result.removed.length === 0 ? 'no programs' : result.removed.join(', ');
    terminal.print(`Removed ${files.join(', ')} with ${names}. The engine keeps running.`);
  }
  return 0;
}

/** @throws HealerError INVALID_STATE unless the operator agrees */
async function agree(ids: readonly string[], files: readonly string[]): Promise<void> {
  const what = `this stops and removes ${ids.join(', ')}`;
  if (canAsk() && (await confirm(`${capitalized(what)}. Continue?`))) return;
  throw new HealerError('INVALID_STATE', `nothing was changed: ${what} — confirm with --yes`, { ids, files });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function stopped(api: Connection['api'], ids: readonly string[]): Promise<void> {
  const deadline = performance.now() + STOP_MS;
  while (performance.now() < deadline) {
    const left = new Set((await listAll(api)).map(({ id }) => id));
    if (!ids.some((id) => left.has(id))) return;
    await sleep(POLL_MS);
  }
}

/** Edits what the next engine continues with. Programs that are still running are kept by it, and named. */
async function dropOffline({ terminal, paths }: Context, files: readonly string[]): Promise<number> {
  const [{ readSourcesNote, writeSourcesNote }, { dropFromSet, isInSet }] = await Promise.all([
    import('../../config/sources/sources-note.ts'),
    import('../../config/sources/source-set.ts'),
  ]);
  const { ups } = readSourcesNote(paths.sourcesFile);
  const unknown = files.find((file) => !isInSet(ups, file));
  if (unknown !== undefined) {
    const known = ups.length === 0 ? 'none' : ups.flat().join(', ');
    throw new HealerError('INVALID_CONFIG', `"${unknown}" is not among the files of the last engine: ${known}`, {
      files,
    });
  }
  const left = dropFromSet(ups, files);
  writeSourcesNote(paths.sourcesFile, left);
  if (terminal.json) terminal.printJson({ applied: false, files: left.flat() });
  else terminal.print(`Removed ${files.join(', ')}. The engine is not running; the next "healer up" does not read it.`);
  return 0;
}
