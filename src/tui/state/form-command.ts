import { quoteWord } from '../style/quote-word.ts';
import { type Form, textOf } from './form.ts';
import type { FieldKey } from './form-fields.ts';

/** The options of `healer add` and `healer update`. Fields without an option can only be set in files. */
const OPTION_OF: Partial<Readonly<Record<FieldKey, (text: string) => string>>> = {
  cwd: (text) => `--cwd ${quoteWord(text)}`,
  cpu: (text) => `--cpu ${text === '' ? 'none' : text}`,
  memory: (text) => `--memory ${text === '' ? 'none' : text}`,
  restart: (text) => `--restart ${text}`,
  autostart: (text) => (text === 'yes' ? '--autostart' : '--no-autostart'),
};

/** Returns the command that makes the same changes as a dialog; null if some of them have no option. */
export function formCommand(form: Form): string | null {
  const changed = form.fields.filter(({ key, field, original }) => key !== 'id' && field.text !== original);
  const hasOptions = changed.every(({ key }) => key === 'command' || OPTION_OF[key] !== undefined);
  if (!hasOptions) return null;
  const options = changed.flatMap(({ key, field }) => OPTION_OF[key]?.(field.text.trim()) ?? []);
  const [verb, id] = form.purpose.kind === 'add' ? ['add', textOf(form, 'id')] : ['update', form.purpose.id];
  const command = changed.some(({ key }) => key === 'command') ? ['--', textOf(form, 'command')] : [];
  return ['healer', verb, ...options, id, ...command].join(' ');
}
