import { expect, test } from 'vitest';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';
import { whyText } from '../../../src/tui/text/why-text.ts';
import { programRow } from '../../support/program-row.ts';

const ASCII_GLYPHS = chooseGlyphs(true, {});
const NOW_MS = Date.parse('2026-11-21T09:34:10.000Z');

function textOf(fields: Partial<SnapshotRow>): string {
  const lastExit = {
    ...{ code: 3, signal: null, coreDumped: false, uptimeMs: 1000 },
    ...{ at: '2026-11-21T09:34:09.000Z', reason: 'exited with code 3 after 1 s' },
  };
  return whyText(programRow({ id: 'web', pid: null, lastExit, ...fields }), NOW_MS, ASCII_GLYPHS);
}

test.for([
  ['on', 'retry'],
  ['observed', 'would restart'],
  ['held', 'would restart'],
] as const)('a program in backoff whose healing is %s says "%s"', ([healing, next]) => {
  const why = 'exited with code 3 after 1 s; and so on';
  const text = textOf({ state: 'backoff', healing, why });
  expect(text).toBe(`exit 3 ${ASCII_GLYPHS.arrow} ${next}: ${why}`);
});

test('a program that gave up says so whether healing is restricted or not', () => {
  for (const healing of ['on', 'observed', 'held'] as const)
    expect(textOf({ state: 'failed', healing, why: 'x' })).toBe(`exit 3 ${ASCII_GLYPHS.arrow} gave up: x`);
});
