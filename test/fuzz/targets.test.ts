import { describe, expect, test } from 'vitest';
import { corpusOf, Mutator, type TargetName } from './corpus.ts';
import { TARGETS } from './targets.ts';

/** The same inputs in every run; `npm run fuzz` searches for others. */
const SEED = 20;
const INPUTS = 300;

describe.each(Object.keys(TARGETS) as TargetName[])('the reader of %s', (name) => {
  test('keeps its promises for seeds, for inputs that once broke it, and for variations of them', async () => {
    const corpus = corpusOf(name);
    expect(corpus.length).toBeGreaterThan(0);
    const mutator = new Mutator(SEED, corpus);
    const inputs = [...corpus, ...Array.from({ length: INPUTS }, () => mutator.next())];
    for (const input of inputs) {
      const target: (data: Buffer) => void | Promise<void> = TARGETS[name];
      await Promise.resolve(target(input)).catch((cause: unknown) => {
        throw new Error(`with ${JSON.stringify(input.toString('latin1'))}`, { cause });
      });
    }
  });
});
