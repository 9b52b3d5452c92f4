import type { Connection } from '../../client/connection.ts';
import { listAll } from '../../client/list-all.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import type { RunCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { resolveListFile } from '../list-file.ts';
import { processJson } from '../output/json-shapes.ts';
import { printProcessTable } from '../output/process-table.ts';
import { connectIfRunning, ensureEngine, runEngineHere } from '../start-engine.ts';
import { withInstance } from '../with-instance.ts';

/** How long a person is kept from the table while programs start. */
const STARTING_MS = 3000;
const LOOK_MS = 100;

export const run: RunCommand = async (context, _args, options) => {
  const listFile = await resolveListFile(options.file, context.paths.configDir);
  const isForeground = options.foreground === true || options.daemon === false;
  const hasTerminal = process.stdin.isTTY && process.stdout.isTTY;
  if (isForeground || (options.attach === true && !hasTerminal)) {
    await runEngineHere(context.paths.instance, listFile);
    return Number(process.exitCode ?? 0);
  }
  if (options.attach === true) return attach(context, listFile);
  const { connection, isNew } = await ensureEngine(context.paths, listFile);
  try {
    if (isNew) await waitWhileStarting(context, connection);
    await printResult(context, connection, listFile, isNew);
  } finally {
    connection.close();
  }
  return 0;
};

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
  listFile: string | null,
  isNew: boolean,
): Promise<void> {
  const { terminal, paths } = context;
  const { pid, instance } = connection.hello;
  const rows = await listAll(connection.api);
  if (terminal.json) {
    terminal.printJson({
      instance,
      pid,
      started: isNew,
      listFile: isNew ? listFile : null,
      processes: rows.map(processJson),
    });
    return;
  }
  terminal.print(
    isNew ? `The engine is up (pid ${pid}), with ${describeList(listFile)}.` : `The engine runs already (pid ${pid}).`,
  );
  printProcessTable(terminal, rows);
  printHints(context, rows, withInstance(paths.instance));
}

function describeList(listFile: string | null): string {
  return listFile ?? 'no process list: neither this folder nor the config folder has a process_list.txt';
}

function printHints({ terminal }: Context, rows: readonly ProcessRow[], command: (name: string) => string): void {
  if (rows.length === 0) return;
  terminal.print(terminal.style.faint(`"${command('tui')}" shows them live, "${command('down')}" stops everything.`));
}

/** The engine goes on without the terminal: the UI is only attached to it. */
async function attach(context: Context, listFile: string | null): Promise<number> {
  const { paths, terminal } = context;
  const { connection } = await ensureEngine(paths, listFile);
  const { pid } = connection.hello;
  connection.close();
  const { openTui } = await import('./tui.ts');
  const exitCode = await openTui(context, { readOnly: false });
  const still = await connectIfRunning(paths).catch(() => null);
  still?.close();
  if (still === null) return exitCode;
  const command = withInstance(paths.instance);
  terminal.print(`The engine keeps running (pid ${still.hello.pid}${still.hello.pid === pid ? '' : ', a new one'}).`);
  terminal.print(`"${command('tui')}" opens this view again, "${command('down')}" stops everything.`);
  return exitCode;
}
