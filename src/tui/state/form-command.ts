import { quoteWord } from '../style/quote-word.ts';
import { type Form, textOf } from './form.ts';
import type { FieldKey } from './form-fields.ts';

/** The options of `healer add` and `healer update`; what has none is for files. */
const OPTION_OF: Partial<Readonly<Record<FieldKey, (text: string) => string>>> = {
  cwd: (text) => `--cwd ${quoteWord(text)}`,
  cpu: (text) => `--cpu ${text === '' ? 'none' : text}`,
  memory: (text) => `--memory ${text === '' ? 'none' : text}`,
  restart: (text) => `--restart ${text}`,
  autostart: (text) => (text === 'yes' ? '--autostart' : '--no-autostart'),
};

/** The command that does what a dialog did; null where the command line has no words for all of it. */
export function formCommand(form: Form): string | null {
  const changed = form.fields.filter(({ key, field, before }) => key !== 'id' && field.text !== before);
  const isSayable = changed.every(({ key }) => key === 'command' || OPTION_OF[key] !== undefined);
  if (!isSayable) return null;
  const options = changed.flatMap(({ key, field }) => OPTION_OF[key]?.(field.text.trim()) ?? []);
  const [verb, id] = form.purpose.kind === 'add' ? ['add', textOf(form, 'id')] : ['update', form.purpose.id];
  const command = changed.some(({ key }) => key === 'command') ? ['--', textOf(form, 'command')] : [];
  return ['healer', verb, ...options, id, ...command].join(' ');
}
