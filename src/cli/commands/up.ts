import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import type { Context } from '../command/context.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { findSourceFiles, type FoundFiles } from '../definitions/source-files.ts';
import { connectIfRunning, ensureEngine, type EngineStart, runEngineHere } from '../engine/start-engine.ts';
import { showStartProgress } from '../report/start-progress.ts';
import { noteAlertProblems } from '../report/alert-problems.ts';
import { withInstance } from '../command/with-instance.ts';

/** The longest time that a timer can wait. */
const LONGEST_MS = 2_147_483_647;

type UpOptions = OptionsOf<typeof ENGINE_COMMANDS.up>;

export const run: RunOf<typeof ENGINE_COMMANDS.up> = async (context, _args, options) => {
  refuseRemote(context, 'up');
  refuseUselessWait(options);
  const found = await findSourceFiles(options.file, context.paths.configDir);
  const files = await filesToUse(context, found, options.replace);
  const areNamed = found.from === 'command line';
  const { replace, yes, wait, timeoutMs } = options;
  const wish = { files, areNamed, replace, yes, wait, timeoutMs };
  if (options.dryRun) return (await loadReport()).showPlan(context, wish);
  const start: EngineStartOptions = {
    files,
    replaces: options.replace,
    check: areNamed ? 'named' : 'found',
    observes: options.observe,
    watchedInstance: null,
    isStandalone: options.standalone,
  };
  const isForeground = options.foreground || !options.daemon;
  const hasTerminal = process.stdin.isTTY && process.stdout.isTTY;
  if (isForeground || (options.attach && !hasTerminal)) {
    const { terminal } = context;
    const isTerminal = process.stdout.isTTY;
    const color = isTerminal && terminal.style.strong('x') !== 'x';
    const programs = { json: terminal.json, color, sanitizes: isTerminal };
    // The journal of systemd gets the events; the output of programs is in their log files.
    const isPrinted = options.output && context.env['JOURNAL_STREAM'] === undefined;
    await runEngineHere(context.paths.instance, start, isPrinted ? programs : null);
    return Number(process.exitCode ?? 0);
  }
  if (options.attach) return attach(context, start);
  const [engine, { reportStart }] = await Promise.all([startEngine(context, start), loadReport()]);
  try {
    const code = await reportStart(context, engine, start, wish);
    await noteAlertProblems(context);
    return code;
  } finally {
    engine.connection.close();
  }
};

/** @throws HealerError INVALID_CONFIG if a wait is asked for that would have no effect */
function refuseUselessWait({ wait, timeoutMs, foreground, daemon, attach, dryRun }: UpOptions): void {
  if (timeoutMs !== undefined && !wait)
    throw new HealerError('INVALID_CONFIG', '--timeout says how long --wait waits — add --wait');
  if (timeoutMs !== undefined && timeoutMs > LONGEST_MS)
    throw new HealerError('INVALID_CONFIG', '--timeout must be at most 24d');
  const other = foreground
    ? '--foreground'
    : !daemon
      ? '--no-daemon'
      : attach
        ? '--attach'
        : dryRun
          ? '--dry-run'
          : null;
  if (wait && other !== null)
    throw new HealerError('INVALID_CONFIG', `--wait needs an engine in the background — omit ${other}`);
}

/**
 * Returns the files to add. Those of the config folder count only for the first engine: a later one continues with the files
 * of the last one.
 */
async function filesToUse(
  { paths }: Context,
  { files, from }: FoundFiles,
  replaces: boolean,
): Promise<readonly string[]> {
  if (replaces && files.length === 0) {
    const message = '--replace needs files to use instead — name them with -f, or stop everything with "healer down"';
    throw new HealerError('INVALID_CONFIG', message);
  }
  if (from !== 'config folder' || replaces) return files;
  const { readSourcesNote } = await import('../../config/sources/sources-note.ts');
  return readSourcesNote(paths.sourcesFile).ups.length > 0 ? [] : files;
}

function startEngine({ paths, terminal }: Context, start: EngineStartOptions): Promise<EngineStart> {
  return ensureEngine(paths, start, { onProgress: showStartProgress(terminal) }).finally(() => terminal.progress(null));
}

/** Loaded while the engine starts, which takes longer. */
function loadReport(): Promise<typeof import('../report/up-report.ts')> {
  return import('../report/up-report.ts');
}

/** Starts the engine in the background and attaches the UI, so that the engine outlives the terminal. */
async function attach(context: Context, start: EngineStartOptions): Promise<number> {
  const { paths, terminal } = context;
  const { connection } = await startEngine(context, start);
  const { pid } = connection.hello;
  connection.close();
  const { openTui, wantsScreenReader } = await import('./tui.ts');
  const exitCode = await openTui(context, {
    readOnly: false,
    mouse: true,
    screenReader: wantsScreenReader(context.env),
  });
  const still = await connectIfRunning(paths).catch(() => null);
  still?.close();
  if (still === null) return exitCode;
  const command = withInstance(paths.instance);
  terminal.print(
    `The engine keeps running (pid ${still.hello.pid}${still.hello.pid === pid ? '' : ', a new process'}).`,
  );
  terminal.print(`Open this view again with "${command('tui')}"; stop everything with "${command('down')}".`);
  return exitCode;
}
