import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MUTATIONS } from '../../scripts/mutations/mutations.mjs';

const ROOT = join(import.meta.dirname, '..', '..');

test.each(MUTATIONS)('the mutation "$name" fits the sources', ({ edits }) => {
  for (const { file, from } of edits) {
    const count = readFileSync(join(ROOT, file), 'utf8').split(from).length - 1;
    expect(count, `"${from}" in ${file}`).toBe(1);
  }
});
