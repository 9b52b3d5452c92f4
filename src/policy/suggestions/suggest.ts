import type { ProgramSuggestions } from '../../protocol/results/suggestions.ts';
import { suggestChecks } from './check-suggestions.ts';
import { suggestLeakSettings } from './leak-suggestions.ts';
import { suggestLimits } from './limit-suggestions.ts';
import type { Observations } from './observations.ts';

/** Less than this says nothing about what a program usually needs, in minutes. */
const LEAST_MINUTES = 60;

/** Returns the changes of a definition that what was observed speaks for. Pure: the same observations, the same proposals. */
export function suggest(seen: Observations): ProgramSuggestions {
  const { id } = seen.spec;
  const observedMinutes = seen.memoryByMinute.filter((value) => value !== null).length;
  if (observedMinutes < LEAST_MINUTES) {
    const note = `observed for ${observedMinutes} min only: limits are proposed after ${LEAST_MINUTES} min`;
    const suggestions = suggestChecks(seen);
    return { id, observedMinutes, suggestions, note: suggestions.length === 0 ? note : '' };
  }
  const span = observedMinutes < 120 ? `${observedMinutes} min` : `${Math.round(observedMinutes / 60)} h`;
  const suggestions = [...suggestLimits(seen, span), ...suggestChecks(seen), ...suggestLeakSettings(seen)];
  return {
    id,
    observedMinutes,
    suggestions,
    note: suggestions.length === 0 ? 'its settings fit what was observed' : '',
  };
}
