import { ALL, isPlainId, parseSelector } from '../../base/selector.ts';
import { fileHint, SIGNALS_HINT } from '../output/familiar-words.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Signals as the first word of kill(1) and of `supervisorctl signal`. */
const SIGNAL = /^(?:SIG)?(?:TERM|KILL|INT|HUP|QUIT|STOP|CONT|USR1|USR2|ABRT)$/;

/** @throws HealerError INVALID_CONFIG for the first text that is not an id; selectors of several programs are not ids */
export function validateIds(ids: readonly string[]): void {
  for (const id of ids) {
    if (isPlainId(id)) continue;
    validateSelectors([id]);
    const why = id === ALL ? 'it stands for every program' : 'name a single program';
    throw new HealerError('INVALID_CONFIG', `"${id}" is not a valid id: ${why}`, { id });
  }
}

/** @throws HealerError INVALID_CONFIG for the first text that is neither an id nor a selector */
export function validateSelectors(texts: readonly string[]): void {
  for (const text of texts) {
    const parsed = parseSelector(text);
    if ('problem' in parsed) {
      const hint = fileHint(text) ?? (text.startsWith('-') ? SIGNALS_HINT : null);
      const next = hint === null ? '' : ` — ${hint}`;
      throw new HealerError('INVALID_CONFIG', `"${text}" is not a valid id: ${parsed.problem}${next}`, { id: text });
    }
  }
}

/**
 * Refuses a signal in front of the ids of programs, before anything is done to them.
 * @throws HealerError INVALID_CONFIG
 */
export function refuseSignal([first = '', ...others]: readonly string[]): void {
  if (others.length > 0 && SIGNAL.test(first))
    throw new HealerError('INVALID_CONFIG', `"${first}" is a signal, and not the id of a program — ${SIGNALS_HINT}`);
}
