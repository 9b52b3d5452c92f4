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

/** How long a person is kept from the table while programs start. */
const STARTING_MS = 3000;
const LOOK_MS = 100;

/**
 * Tells what came of `healer up`. An engine that ran already is given the files then. Gives the exit code.
 * @param isAsked whether the files were named, or found
 */
export async function reportStart(
  context: Context,
  { connection, isNew }: EngineStart,
  { files, observes, isStandalone }: EngineStartOptions,
  isAsked: boolean,
): Promise<number> {
  if (isNew) await waitWhileStarting(context, connection);
  // A new engine has read them just now; what it found wrong is all there is to tell.
  const plan = await connection.api.reloadConfig({ dryRun: isNew, ...(isAsked ? { files: [...files] } : {}) });
  await printResult(context, connection, plan, isNew);
  // What a new engine can use of a file it uses; refused is only an edit of what runs.
  noteProblems(context.terminal, isNew ? { ...plan, refused: [] } : plan);
  if (observes && !isNew) {
    context.terminal.note('--observe counts when the engine starts: "healer hold all" leaves every program alone now');
  }
  if (isStandalone && !isNew) {
    context.terminal.note(
      '--standalone counts when the engine starts: "healer config set standalone-mode {\\"enabled\\":true}" counts now',
    );
  }
  return !isNew && hasErrors(plan) ? 1 : 0;
}

/** What would be done: by the engine that runs, else by one that would be started. */
export async function showPlan(
  { terminal, paths, env }: Context,
  files: readonly string[],
  isAsked: boolean,
): Promise<number> {
  const connection = await connectIfRunning(paths);
  try {
    const asked = isAsked ? { files: [...files] } : {};
    const plan = (await connection?.api.reloadConfig({ dryRun: true, ...asked })) ?? (await planAfresh(files, env));
    if (terminal.json) terminal.printJson(plan);
    else printPlan(terminal, plan, false);
    noteProblems(terminal, plan);
    return hasErrors(plan) ? 1 : 0;
  } finally {
    connection?.close();
  }
}

async function planAfresh(files: readonly string[], env: Context['env']): Promise<ReloadResult> {
  const { combineFiles } = await import('../../config/sources/combine-sources.ts');
  const { specs, problems } = await combineFiles(files, env);
  const nothing = { removed: [], restarted: [], changedInPlace: [], unchanged: [], refused: [], moreProblems: 0 };
  return { applied: false, files, added: specs.map(({ spec }) => spec.id), ...nothing, problems };
}

/** Shows how many programs are still starting, as long as a person looks and it does not take too long. */
async function waitWhileStarting({ terminal }: Context, { api }: Connection): Promise<void> {
  if (!terminal.isInteractive) return;
  const deadline = performance.now() + STARTING_MS;
  while (performance.now() < deadline) {
    const rows = await listAll(api);
    const starting = rows.filter((row) => row.state === 'starting' || row.state === 'waiting').length;
    if (starting === 0) break;
    terminal.progress(`starting programs: ${rows.length - starting} of ${rows.length}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
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
  if (isNew) terminal.print(`The engine is up (pid ${pid}), with ${describeFiles(plan.files)}.`);
  else {
    terminal.print(`The engine runs already (pid ${pid}).`);
    printPlan(terminal, plan, plan.applied);
  }
  printProcessTable(terminal, rows);
  printHints(context, rows, withInstance(paths.instance));
}

function describeFiles(files: readonly string[]): string {
  if (files.length > 0) return files.map(sanitizeText).join(', ');
  return 'no programs: neither this folder nor the config folder has a healer.yaml or a process_list.txt';
}

function printHints({ terminal }: Context, rows: readonly ProcessRow[], command: (name: string) => string): void {
  if (rows.length === 0) return;
  terminal.print(terminal.style.faint(`"${command('tui')}" shows them live, "${command('down')}" stops everything.`));
}
