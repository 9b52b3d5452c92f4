import { sanitizeText } from '../../base/sanitize-text.ts';
import { messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { SettingResult } from '../../protocol/results/setting-result.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { checkConfig } from '../definitions/check-config.ts';
import type { Context } from '../command/context.ts';
import { type Registrar, withRegistrar } from '../definitions/definitions.ts';
import { printLater } from '../report/definition-result.ts';
import type { Terminal } from '../output/terminal.ts';

export const run: RunOf<typeof ENGINE_COMMANDS.config> = async (context, [action = 'get', ...words]) => {
  if (action === 'check') return checkConfig(context, words);
  const [key, value] = words;
  if (action === 'get') return key === undefined ? showAll(context) : showOne(context, key);
  if (action === 'set' && key !== undefined) return change(context, key, value);
  if (['unset', 'reset', 'delete'].includes(action)) {
    const message = `unknown action — "healer config set ${key ?? 'KEY'}" without a value restores a default`;
    throw new HealerError('INVALID_CONFIG', message);
  }
  throw new HealerError(
    'INVALID_CONFIG',
    'unknown action — use "healer config get [KEY]", "healer config set KEY [VALUE]" or "healer config check [FILE...]"',
  );
};

async function showAll(context: Context): Promise<number> {
  const { terminal } = context;
  const settings = await withRegistrar(context, readAll);
  if (terminal.json) terminal.printJson(settings);
  else for (const setting of settings) printSetting(terminal, setting);
  return 0;
}

async function showOne(context: Context, key: string): Promise<number> {
  const { terminal } = context;
  const { viewSetting } = await import('../../config/registry/settings.ts');
  const settings = await withRegistrar(context, readAll);
  const stored = Object.fromEntries(
    settings.filter(({ isDefault }) => !isDefault).map((each) => [each.key, each.value]),
  );
  const setting = viewSetting(stored, key);
  if (terminal.json) terminal.printJson(setting);
  else terminal.print(textOf(setting.value));
  return 0;
}

interface Changed {
  readonly setting: SettingResult;
  /** No engine runs: the next one uses the setting. */
  readonly isLater: boolean;
}

async function change(context: Context, key: string, text: string | undefined): Promise<number> {
  const { terminal, paths } = context;
  const value = text === undefined ? null : valueOf(text);
  const { setting, isLater } = await withRegistrar(context, async (registrar): Promise<Changed> =>
    registrar.kind === 'engine'
      ? { setting: await registrar.api.changeSetting({ key, value }), isLater: false }
      : { setting: await registrar.registry.changeSetting(key, value), isLater: true },
  );
  const warnings = isLater ? await warningsAbout(setting) : (setting.warnings ?? []);
  if (terminal.json) terminal.printJson(warnings.length === 0 ? setting : { ...setting, warnings });
  else printSetting(terminal, setting);
  for (const warning of warnings) terminal.note(`warning: ${sanitizeText(warning)}`);
  if (isLater) printLater(terminal, paths.instance);
  return 0;
}

/** The same warnings as those of an engine. */
async function warningsAbout({ key, value }: SettingResult): Promise<readonly string[]> {
  if (key !== 'executable-whitelist') return [];
  const { whitelistWarnings } = await import('../definitions/whitelist.ts');
  return whitelistWarnings({ [key]: value }, process.env['PATH']);
}

function readAll(registrar: Registrar): Promise<readonly SettingResult[]> {
  return registrar.kind === 'engine' ? registrar.api.settings({}) : registrar.registry.settings();
}

/** Reads a value from the command line: JSON if it is a map, otherwise plain text. */
function valueOf(text: string): string | Record<string, string> {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch (error) {
    const why = messageOf(error);
    throw new HealerError('INVALID_CONFIG', `cannot parse the value as JSON: ${why} — put it in single quotes`);
  }
}

function printSetting(terminal: Terminal, { key, value, isDefault, meaning }: SettingResult): void {
  const { style } = terminal;
  const note = isDefault ? ' (default)' : '';
  terminal.print(`${style.strong(key)} = ${textOf(value)}${note}  ${style.faint(meaning)}`);
}

function textOf(value: unknown): string {
  return sanitizeText(typeof value === 'string' ? value : JSON.stringify(value));
}
