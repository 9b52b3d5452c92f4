import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { type Context, targetOf } from '../command/context.ts';

export const run: RunOf<typeof ENGINE_COMMANDS.tui> = (context, _args, options) =>
  openTui(context, {
    readOnly: options.readOnly,
    mouse: options.mouse,
    screenReader: options.screenReader || wantsScreenReader(context.env),
  });

interface TuiChoices {
  readonly readOnly: boolean;
  readonly mouse: boolean;
  readonly screenReader: boolean;
}

/** Whether the environment asks for screen-reader mode, as for every program that uses Ink. */
export function wantsScreenReader(env: Context['env']): boolean {
  return env['INK_SCREEN_READER'] === 'true';
}

/**
 * Opens the terminal UI and waits until the user leaves it. Returns its exit code.
 * @throws HealerError INVALID_CONFIG without a terminal.
 */
export async function openTui(context: Context, { readOnly, mouse, screenReader }: TuiChoices): Promise<number> {
  const { paths, remote, terminal } = context;
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new HealerError(
      'INVALID_CONFIG',
      'cannot open the terminal UI: stdin and stdout must be a terminal — try "healer ls" or "healer events -f"',
    );
  }
  if (!screenReader && isDumb(context.env)) {
    throw new HealerError(
      'INVALID_CONFIG',
      `cannot open the terminal UI: this terminal cannot move the cursor (TERM=${context.env['TERM'] ?? ''}) — use "healer ls --watch", or "healer tui --screen-reader"`,
    );
  }
  const [{ startTui }, target] = await Promise.all([import('../../tui/start.ts'), targetOf(context, 'healer tui')]);
  return startTui({
    target,
    instance: remote === null ? paths.instance : remote.url,
    readOnly,
    mouse,
    screenReader,
    color: terminal.color,
    ascii: terminal.ascii,
    startEngine: remote === null ? () => startEngine(context) : null,
  });
}

/** Whether the terminal is known to interpret no sequences, such as the shell of an editor. */
function isDumb(env: Context['env']): boolean {
  return ['', 'dumb', 'unknown'].includes(env['TERM'] ?? '');
}

/** Starts the engine when the user asks for it in the UI. */
async function startEngine({ paths }: Context): Promise<void> {
  const [{ ensureEngine }, { resolveSourceFiles }] = await Promise.all([
    import('../engine/start-engine.ts'),
    import('../definitions/source-files.ts'),
  ]);
  const files = await resolveSourceFiles(undefined, paths.configDir);
  const { connection } = await ensureEngine(paths, {
    files,
    observes: false,
    watchedInstance: null,
    isStandalone: false,
  });
  connection.close();
}
