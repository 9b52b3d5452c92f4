import { quoteWord } from '../style/quote-word.ts';
import { type FieldState, type Form, readField, textOf } from './form.ts';
import type { FieldKey } from './form-fields.ts';

/** The options of `healer add` and `healer update` that are shorter than `--set`. */
const OPTION_OF: Partial<Readonly<Record<FieldKey, (text: string) => string>>> = {
  cwd: (text) => `--cwd ${quoteWord(text)}`,
  cpu: (text) => `--cpu ${text === '' ? 'none' : quoteWord(text)}`,
  memory: (text) => `--memory ${text === '' ? 'none' : quoteWord(text)}`,
  restart: (text) => `--restart ${text}`,
  autostart: (text) => (text === 'yes' ? '--autostart' : '--no-autostart'),
};

/** Returns the command that makes the same changes as a dialog. */
export function formCommand(form: Form): string {
  const changed = form.fields.filter(({ key, field, original }) => key !== 'id' && field.text !== original);
  const options = changed
    .filter(({ key }) => key !== 'command')
    .flatMap((state) => OPTION_OF[state.key]?.(state.field.text.trim()) ?? settingsOf(form, state));
  const [verb, id] = form.purpose.kind === 'add' ? ['add', textOf(form, 'id')] : ['update', form.purpose.id];
  const command = changed.some(({ key }) => key === 'command') ? ['--', textOf(form, 'command')] : [];
  return ['healer', verb, ...options, id, ...command].join(' ');
}

/** Returns a `--set` for each value that a field sets. */
function settingsOf(form: Form, state: FieldState): readonly string[] {
  const written = readField(form, state);
  if (written.kind === 'problem') return [];
  return leavesOf(written.value, '').map(
    ([path, value]) => `--set ${quoteWord(`${path}=${settingText(path, value)}`)}`,
  );
}

function leavesOf(part: object, parent: string): readonly (readonly [string, unknown])[] {
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leavesOf(value, `${parent}${name}.`)
      : [[`${parent}${name}`, value] as const],
  );
}

/** Returns a value as `--set` reads it: JSON, or a text that is not JSON; variables are always text. */
function settingText(path: string, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return path.startsWith('env.') || !isJson(value) ? value : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
