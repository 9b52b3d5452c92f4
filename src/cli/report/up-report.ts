import { describeOtherVersion } from '../output/version-note.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { Connection } from '../../client/connection/connection.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import type { Params } from '../../protocol/methods/methods.ts';
import type { ReloadResult } from '../../protocol/results/config-plan.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import type { Context } from '../command/context.ts';
import { canAsk, confirm } from '../output/confirm.ts';
import { processJson } from '../output/json-shapes.ts';
import { hasErrors, noteProblems, printPlan } from '../output/plan.ts';
import type { Terminal } from '../output/terminal.ts';
import { printProcessTable } from '../output/process-table.ts';
import { connectIfRunning, type EngineStart } from '../engine/start-engine.ts';
import type { WaitedFor } from './wait-after-up.ts';
import { withInstance } from '../command/with-instance.ts';

/** How long to wait for starting programs before printing the table. */
const STARTING_MS = 3000;
const POLL_MS = 100;

/** What `healer up` is asked to do with the files of the engine. */
export interface UpWish {
  readonly files: readonly string[];
  /** Whether the files were named on the command line, as opposed to found. */
  readonly areNamed: boolean;
  /** Whether the files replace all others. */
  readonly replace: boolean;
  /** Whether running programs that no file defines are removed. */
  readonly yes: boolean;
  /** Whether to wait until the programs work, and how long in ms. */
  readonly wait: boolean;
  readonly timeoutMs: number | undefined;
}

/** Prints the result of `healer up`. An engine that was already running applies the files now. Returns the exit code. */
export async function reportStart(
  context: Context,
  { connection, isNew }: EngineStart,
  { observes, isStandalone }: EngineStartOptions,
  wish: UpWish,
): Promise<number> {
  const { terminal } = context;
  if (isNew) await waitWhileStarting(context, connection);
  else if (wish.replace) await announceRemovals(terminal, connection, wish);
  // A new engine has just read the files, so only their problems are of interest.
  const applied = await connection.api.reloadConfig(isNew ? { dryRun: true } : { dryRun: false, ...requestOf(wish) });
  const isRefused = !isNew && !applied.applied;
  const plan = isRefused ? applied : await settleUnlisted(terminal, connection, applied, wish);
  const waited = wish.wait && !isRefused ? await waitForAll(context, plan, wish, isNew) : null;
  await printResult(context, connection, plan, { isNew, isRefused, waited });
  // A new engine uses the valid parts of a file; only edits of running programs are refused.
  noteProblems(terminal, isNew ? { ...plan, refused: [] } : plan);
  for (const problem of (await connection.api.status({})).degraded) terminal.note(sanitizeText(problem));
  if (isNew) await noteOtherEngines(context);
  const other = isNew ? null : describeOtherVersion(connection.hello, withInstance(context.paths.instance)('upgrade'));
  if (other !== null) terminal.note(other);
  if (observes && !isNew) {
    terminal.note('--observe takes effect only when the engine starts — pause healing now with "healer hold all"');
  }
  if (isStandalone && !isNew) {
    terminal.note(
      '--standalone takes effect only when the engine starts — to change it now, use "healer config set standalone-mode {\\"enabled\\":true}"',
    );
  }
  return isRefused || (!isNew && hasErrorsOf(plan, wish)) ? 1 : (waited?.exitCode ?? 0);
}

/** Waits for what a new engine started, or for the programs of the given files and those that were changed. */
async function waitForAll(
  context: Context,
  plan: ReloadResult,
  { files, timeoutMs }: UpWish,
  isNew: boolean,
): Promise<WaitedFor> {
  const { waitForStarted } = await import('./wait-after-up.ts');
  const changed = new Set([...plan.added, ...[...plan.restarted, ...plan.changedInPlace].map(({ id }) => id)]);
  const isOfFiles = ({ source }: ProcessRow): boolean =>
    files.length === 0 || files.some((file) => source.startsWith(`${file}:`));
  return waitForStarted(context, (row) => isNew || changed.has(row.id) || isOfFiles(row), timeoutMs);
}

/** Names engines that keep programs in other folders, because their programs may be the same. */
async function noteOtherEngines({ terminal, paths, env }: Context): Promise<void> {
  const { describeOthers, findOtherEngines } = await import('../engine/engine-elsewhere.ts');
  for (const sentence of describeOthers(findOtherEngines(paths, env), paths.instance)) terminal.note(sentence);
}

function requestOf({ files, areNamed, replace }: UpWish): ReloadRequest {
  if (files.length === 0) return {};
  const check = areNamed ? 'named' : 'found';
  return replace ? { files: [...files], check } : { add: [...files], check };
}

type ReloadRequest = Omit<Params<'reloadConfig'>, 'dryRun'>;

/** Names what is about to be stopped, before it happens. */
async function announceRemovals(terminal: Terminal, { api }: Connection, wish: UpWish): Promise<void> {
  const { removed, unlisted } = await api.reloadConfig({ dryRun: true, ...requestOf(wish) });
  const ids = [...removed, ...unlisted];
  if (ids.length > 0 && !terminal.json) terminal.print(`Stopping and removing ${ids.join(', ')}.`);
}

/**
 * Removes programs that survived the previous engine and that no file defines, if the operator agrees. Otherwise they keep
 * running.
 */
async function settleUnlisted(
  terminal: Terminal,
  { api }: Connection,
  plan: ReloadResult,
  { replace, yes }: UpWish,
): Promise<ReloadResult> {
  // An engine of the previous version does not report them.
  const unlisted = (plan.unlisted as readonly string[] | undefined) ?? [];
  if (unlisted.length === 0) return plan;
  const names = unlisted.join(', ');
  const isAgreed =
    replace ||
    yes ||
    (!terminal.json && canAsk() && (await confirm(`No file defines ${names}. Stop and remove ${pronoun(unlisted)}?`)));
  if (isAgreed) {
    const { removed } = await api.reloadConfig({ dryRun: false, remove: [...unlisted] });
    return { ...plan, removed: [...new Set([...plan.removed, ...removed])], unlisted: [] };
  }
  terminal.note(
    `no file defines ${names}; kept running — stop and remove ${pronoun(unlisted)} with "healer up --yes" or "healer remove ${unlisted.join(' ')}"`,
  );
  return plan;
}

function pronoun(ids: readonly string[]): string {
  return ids.length === 1 ? 'it' : 'them';
}

/** Errors in files of other projects are shown, but are no failure of this command. */
function hasErrorsOf(plan: ReloadResult, { files }: UpWish): boolean {
  const problems = plan.problems.filter(({ file }) => files.length === 0 || files.includes(file));
  return hasErrors({ problems });
}

/** Prints what the running engine would change, or what a new engine would start. */
export async function showPlan({ terminal, paths, env }: Context, wish: UpWish): Promise<number> {
  const connection = await connectIfRunning(paths);
  try {
    const plan =
      (await connection?.api.reloadConfig({ dryRun: true, ...requestOf(wish) })) ??
      (await planForNewEngine(paths, wish, env));
    if (terminal.json) terminal.printJson(plan);
    else printPlan(terminal, plan, false);
    noteProblems(terminal, plan);
    return hasErrorsOf(plan, wish) ? 1 : 0;
  } finally {
    connection?.close();
  }
}

async function planForNewEngine(
  { sourcesFile }: Context['paths'],
  { files, replace }: UpWish,
  env: Context['env'],
): Promise<ReloadResult> {
  const [{ combineFiles }, { nextSources }] = await Promise.all([
    import('../../config/sources/combine-sources.ts'),
    import('../../config/sources/next-sources.ts'),
  ]);
  const { ups } = nextSources(sourcesFile, { files, replaces: replace });
  const { specs, problems } = await combineFiles(ups, env);
  const nothing = { removed: [], restarted: [], changedInPlace: [], unchanged: [], refused: [], moreProblems: 0 };
  const added = specs.map(({ spec }) => spec.id);
  return { applied: false, files: ups.flat(), added, ...nothing, unlisted: [], problems };
}

/** Shows on a terminal how many programs are still starting, for a limited time. */
async function waitWhileStarting({ terminal }: Context, { api }: Connection): Promise<void> {
  if (!terminal.isInteractive || terminal.quiet) return;
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
  {
    isNew,
    isRefused,
    waited,
  }: { readonly isNew: boolean; readonly isRefused: boolean; readonly waited: WaitedFor | null },
): Promise<void> {
  const { terminal, paths } = context;
  const { pid, instance } = connection.hello;
  const rows = await listAll(connection.api);
  if (terminal.json) {
    const { files } = plan;
    const processes = rows.map(processJson);
    terminal.printJson({
      instance,
      pid,
      started: isNew,
      files,
      ...(isNew ? {} : { plan }),
      processes,
      ...waitedJson(waited),
    });
    return;
  }
  if (isNew) terminal.print(`The engine is running (pid ${pid}) with ${describeFiles(plan.files)}.`);
  else {
    terminal.print(`The engine is already running (pid ${pid}).`);
    if (isRefused) terminal.print('Nothing was changed.');
    else printPlan(terminal, plan, plan.applied);
    if (plan.files.length > 1) terminal.print(`Programs are read from ${describeFiles(plan.files)}.`);
  }
  printProcessTable(terminal, rows);
  printHints(context, rows, withInstance(paths.instance));
}

function waitedJson(waited: WaitedFor | null): object {
  return waited === null ? {} : { waited: waited.outcomes };
}

function describeFiles(files: readonly string[]): string {
  if (files.length > 0) return files.map(sanitizeText).join(', ');
  return 'no programs: no healer.yaml or process_list.txt in the current folder or the config folder';
}

function printHints({ terminal }: Context, rows: readonly ProcessRow[], command: (name: string) => string): void {
  if (rows.length === 0 || terminal.quiet) return;
  terminal.print(
    terminal.style.faint(`Open the terminal UI with "${command('tui')}"; stop everything with "${command('down')}".`),
  );
}
