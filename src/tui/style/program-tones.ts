import type { ProgramTone } from './theme.ts';

const TONES: readonly ProgramTone[] = ['program1', 'program2', 'program3', 'program4', 'program5', 'program6'];

/**
 * Assigns a color to each program. It depends on the id, so that a program keeps its color, unless a program before it has
 * the same one and another is free.
 */
export function programTones(ids: readonly string[]): ReadonlyMap<string, ProgramTone> {
  const tones = new Map<string, ProgramTone>();
  for (const id of ids) {
    const used = new Set(tones.values());
    const start = hashOf(id);
    const order = TONES.map((_, step) => TONES[(start + step) % TONES.length] ?? 'program1');
    tones.set(id, order.find((tone) => !used.has(tone)) ?? order[0] ?? 'program1');
  }
  return tones;
}

/** The 32-bit FNV-1a hash (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
