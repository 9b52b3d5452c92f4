import { setTimeout as sleep } from 'node:timers/promises';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { Connection } from '../../client/connection/connection.ts';
import type { Paths } from '../../config/instance/paths.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { type Context, targetOf } from '../command/context.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { comparePrograms, type KeptPrograms } from '../engine/kept-programs.ts';
import { pairOf } from '../engine/pair.ts';
import { replaceEngine } from '../engine/replace-engine.ts';
import { connectIfRunning } from '../engine/start-engine.ts';
import { isSameBuild } from '../output/version-note.ts';

const POLL_MS = 50;
/** How long a program that kept running may take to be adopted. */
const ADOPTION_MS = 30_000;

interface Upgraded extends Pick<KeptPrograms, 'kept' | 'changed'> {
  readonly instance: string;
  readonly from: Pick<HelloResult, 'version' | 'pid'>;
  readonly to: Pick<HelloResult, 'version' | 'pid'>;
}

/** Replaces the engine, and its watcher, by one that runs the code of this command. */
export const run: RunOf<typeof ENGINE_COMMANDS.upgrade> = async (context, _args, { force }) => {
  refuseRemote(context, 'upgrade');
  const { engine, watcher } = await pairOf(context);
  const results: Upgraded[] = [];
  for (const paths of [engine, watcher]) {
    const isEngine = paths === engine;
    const connection = isEngine ? await connect(context) : await connectIfRunning(paths);
    if (connection === null) continue;
    try {
      if (force || isSameBuild(connection.hello) !== true) results.push(await upgrade(context, paths, connection));
      else if (isEngine) report(context, connection.hello);
    } finally {
      connection.close();
    }
  }
  if (context.terminal.json) context.terminal.printJson({ version: PACKAGE_VERSION, replaced: results });
  return results.some(({ changed, to }) => changed.length > 0 || to.version !== PACKAGE_VERSION) ? 1 : 0;
};

/** @throws HealerError ENGINE_NOT_RUNNING */
async function connect(context: Context): Promise<Connection> {
  return (await targetOf(context)).connect(new AbortController().signal);
}

function report({ terminal }: Context, { pid }: HelloResult): void {
  if (!terminal.json) terminal.print(`The engine already runs healer ${PACKAGE_VERSION} (pid ${pid}).`);
}

async function upgrade(context: Context, paths: Paths, connection: Connection): Promise<Upgraded> {
  const { terminal } = context;
  const from = { version: connection.hello.version, pid: connection.hello.pid };
  const before = await listAll(connection.api);
  terminal.progress(`replacing the engine of "${paths.instance}"`);
  const next = await replaceEngine(paths, connection).finally(() => terminal.progress(null));
  try {
    const to = { version: next.hello.version, pid: next.hello.pid };
    const { kept, changed } = await keptPrograms(next, before);
    const result = { instance: paths.instance, from, to, kept, changed };
    if (!terminal.json) print(context, result);
    return result;
  } finally {
    next.close();
  }
}

function print({ terminal }: Context, { instance, from, to, kept, changed }: Upgraded): void {
  const versions =
    from.version === to.version ? `healer ${to.version}` : `healer ${to.version}, previously ${from.version}`;
  terminal.print(
    `The engine of "${instance}" was replaced (${versions}; pid ${to.pid}, previously ${from.pid}). ${count(kept)} kept running.`,
  );
  if (changed.length > 0) terminal.note(`not running as before: ${changed.join(', ')} — see "healer events"`);
  if (to.version !== PACKAGE_VERSION) {
    terminal.note(
      `the engine still runs healer ${to.version}, because its service starts another installation — run "healer startup --write", and then "systemctl daemon-reload" and "healer upgrade"`,
    );
  }
}

function count(programs: number): string {
  return programs === 1 ? '1 program' : `${String(programs)} programs`;
}

/** Waits until every program that ran before is adopted; one that exits meanwhile is restarted, and so named. */
async function keptPrograms({ api }: Connection, before: readonly ProcessRow[]): Promise<KeptPrograms> {
  const deadline = performance.now() + ADOPTION_MS;
  for (;;) {
    const result = comparePrograms(before, await listAll(api));
    if (result.isSettled || performance.now() > deadline) return result;
    await sleep(POLL_MS);
  }
}
