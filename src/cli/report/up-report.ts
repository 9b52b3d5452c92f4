import { sanitizeText } from '../../base/sanitize-text.ts';
import type { Connection } from '../../client/connection/connection.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import type { ReloadResult } from '../../protocol/results/config-plan.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import type { Context } from '../command/context.ts';
import { processJson } from '../output/json-shapes.ts';
import { hasErrors, noteProblems, printPlan } from '../output/plan.ts';
import { printProcessTable } from '../output/process-table.ts';
import { connectIfRunning, type EngineStart } from '../engine/start-engine.ts';
import { withInstance } from '../command/with-instance.ts';

/** How long to wait for starting programs before printing the table. */
const STARTING_MS = 3000;
const POLL_MS = 100;

/**
 * Prints the result of `healer up`. An engine that was already running applies the files now. Returns the exit code.
 * @param areGiven whether the files were named on the command line, as opposed to found
 */
export async function reportStart(
  context: Context,
  { connection, isNew }: EngineStart,
  { files, observes, isStandalone }: EngineStartOptions,
  areGiven: boolean,
): Promise<number> {
  if (isNew) await waitWhileStarting(context, connection);
  // A new engine has just read the files, so only their problems are of interest.
  const plan = await connection.api.reloadConfig({ dryRun: isNew, ...(areGiven ? { files: [...files] } : {}) });
  await printResult(context, connection, plan, isNew);
  // A new engine uses the valid parts of a file; only edits of running programs are refused.
  noteProblems(context.terminal, isNew ? { ...plan, refused: [] } : plan);
  for (const problem of (await connection.api.status({})).degraded) context.terminal.note(sanitizeText(problem));
  if (observes && !isNew) {
    context.terminal.note(
      '--observe takes effect only when the engine starts — pause healing now with "healer hold all"',
    );
  }
  if (isStandalone && !isNew) {
    context.terminal.note(
      '--standalone takes effect only when the engine starts — to change it now, use "healer config set standalone-mode {\\"enabled\\":true}"',
    );
  }
  return !isNew && hasErrors(plan) ? 1 : 0;
}

/** Prints what the running engine would change, or what a new engine would start. */
export async function showPlan(
  { terminal, paths, env }: Context,
  files: readonly string[],
  areGiven: boolean,
): Promise<number> {
  const connection = await connectIfRunning(paths);
  try {
    const named = areGiven ? { files: [...files] } : {};
    const plan =
      (await connection?.api.reloadConfig({ dryRun: true, ...named })) ?? (await planForNewEngine(files, env));
    if (terminal.json) terminal.printJson(plan);
    else printPlan(terminal, plan, false);
    noteProblems(terminal, plan);
    return hasErrors(plan) ? 1 : 0;
  } finally {
    connection?.close();
  }
}

async function planForNewEngine(files: readonly string[], env: Context['env']): Promise<ReloadResult> {
  const { combineFiles } = await import('../../config/sources/combine-sources.ts');
  const { specs, problems } = await combineFiles(files, env);
  const nothing = { removed: [], restarted: [], changedInPlace: [], unchanged: [], refused: [], moreProblems: 0 };
  return { applied: false, files, added: specs.map(({ spec }) => spec.id), ...nothing, problems };
}

/** Shows on a terminal how many programs are still starting, for a limited time. */
async function waitWhileStarting({ terminal }: Context, { api }: Connection): Promise<void> {
  if (!terminal.isInteractive) return;
  const deadline = performance.now() + STARTING_MS;
  while (performance.now() < deadline) {
    const rows = await listAll(api);
    const starting = rows.filter((row) => row.state === 'starting' || row.state === 'waiting').length;
    if (starting === 0) break;
    terminal.progress(`starting programs: ${rows.length - starting} of ${rows.length}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  terminal.progress(null);
}

async function printResult(
  context: Context,
  connection: Connection,
  plan: ReloadResult,
  isNew: boolean,
): Promise<void> {
  const { terminal, paths } = context;
  const { pid, instance } = connection.hello;
  const rows = await listAll(connection.api);
  if (terminal.json) {
    const { files } = plan;
    const processes = rows.map(processJson);
    terminal.printJson({ instance, pid, started: isNew, files, ...(isNew ? {} : { plan }), processes });
    return;
  }
  if (isNew) terminal.print(`The engine is running (pid ${pid}) with ${describeFiles(plan.files)}.`);
  else {
    terminal.print(`The engine is already running (pid ${pid}).`);
    printPlan(terminal, plan, plan.applied);
  }
  printProcessTable(terminal, rows);
  printHints(context, rows, withInstance(paths.instance));
}

function describeFiles(files: readonly string[]): string {
  if (files.length > 0) return files.map(sanitizeText).join(', ');
  return 'no programs: no healer.yaml or process_list.txt in the current folder or the config folder';
}

function printHints({ terminal }: Context, rows: readonly ProcessRow[], command: (name: string) => string): void {
  if (rows.length === 0) return;
  terminal.print(
    terminal.style.faint(`Open the terminal UI with "${command('tui')}"; stop everything with "${command('down')}".`),
  );
}
