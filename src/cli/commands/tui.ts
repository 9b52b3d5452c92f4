import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { currentFolder } from '../../base/current-folder.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { FleetSource } from '../../tui/fleet/fleet-source.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { type Context, targetOf } from '../command/context.ts';

export const run: RunOf<typeof ENGINE_COMMANDS.tui> = (context, _args, options) =>
  openTui(context, {
    readOnly: options.readOnly,
    mouse: options.mouse,
    screenReader: options.screenReader || wantsScreenReader(context.env),
    first: 'programs',
  });

interface TuiChoices {
  readonly readOnly: boolean;
  readonly mouse: boolean;
  readonly screenReader: boolean;
  /** What is shown first: the programs of an engine, or the hosts of the fleet. */
  readonly first?: 'programs' | 'fleet';
}

/** Whether the environment asks for screen-reader mode, as for every program that uses Ink. */
export function wantsScreenReader(env: Context['env']): boolean {
  return env['INK_SCREEN_READER'] === 'true';
}

/**
 * Opens the terminal UI and waits until the user leaves it. Returns its exit code.
 * @throws HealerError INVALID_CONFIG without a terminal.
 */
export async function openTui(context: Context, choices: TuiChoices): Promise<number> {
  const { readOnly, mouse, screenReader, first = 'programs' } = choices;
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
  const here = currentFolder();
  const settingsFile = join(paths.configDir, 'tui.yaml');
  const [{ startTui }, target, fleet] = await Promise.all([
    import('../../tui/start.ts'),
    targetOf(context, 'healer tui'),
    fleetOf(context),
  ]);
  // The libraries of the UI need a folder when they are loaded.
  if (here === null) process.chdir('/');
  return startTui({
    target,
    instance: remote === null ? paths.instance : remote.url,
    readOnly,
    mouse,
    screenReader,
    color: terminal.color,
    ascii: terminal.ascii,
    startEngine: remote === null ? () => startEngine(context, here) : null,
    ...(await readSettingsFile(settingsFile)),
    saveSettings: async (changes) => {
      const { changeYamlFile } = await import('../../config/yaml/change-yaml-file.ts');
      changeYamlFile(settingsFile, changes);
    },
    fleet,
    first,
  });
}

/** Returns the fleet whose credential the user holds; null without one. The NATS client is loaded when it is shown. */
async function fleetOf({ paths }: Context): Promise<FleetSource | null> {
  const { personCredentialFile } = await import('../../fleet/bus/credential.ts');
  if (!existsSync(personCredentialFile(paths.configDir))) return null;
  return {
    connect: async () => (await import('./fleet-connection.ts')).connectFleetForTui(paths.configDir),
  };
}

/** Reads the settings file of the terminal UI; most users have none. A broken one does not stop the UI. */
async function readSettingsFile(file: string): Promise<{ settings: unknown; settingsProblem: string | null }> {
  if (!existsSync(file)) return { settings: null, settingsProblem: null };
  const { readYamlFile } = await import('../../config/yaml/read-yaml-file.ts');
  try {
    return { settings: readYamlFile(file), settingsProblem: null };
  } catch (error) {
    return { settings: null, settingsProblem: toHealerError(error).message };
  }
}

/** Whether the terminal is known to interpret no sequences, such as the shell of an editor. */
function isDumb(env: Context['env']): boolean {
  return ['', 'dumb', 'unknown'].includes(env['TERM'] ?? '');
}

/** Starts the engine when the user asks for it in the UI. */
async function startEngine({ paths }: Context, here: string | null): Promise<void> {
  const [{ ensureEngine }, { resolveSourceFiles }] = await Promise.all([
    import('../engine/start-engine.ts'),
    import('../definitions/source-files.ts'),
  ]);
  const files = await resolveSourceFiles(undefined, paths.configDir, here);
  const { connection } = await ensureEngine(paths, {
    files,
    observes: false,
    watchedInstance: null,
    isStandalone: false,
  });
  connection.close();
}
