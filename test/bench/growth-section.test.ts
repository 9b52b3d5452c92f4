import { describe, expect, test } from 'vitest';
import { withGrowth } from '../../bench/support/growth-section.mjs';
import { Tally } from '../../bench/support/tally.mjs';

function groups() {
  const [up, cpu] = [new Tally('healer up', 'ms'), new Tally('CPU', '%')];
  for (const [count, upMs, percent] of [
    [1, 148.4, 0.156],
    [3000, 5123, 4.4],
  ] as const) {
    up.add(`${String(count)} programs`, upMs);
    cpu.add(`${String(count)} programs`, percent);
  }
  return [up.result(), cpu.result()];
}

const DOCUMENT = 'before\n\n<!-- growth: written by bench/run.mjs -->\n\n<!-- growth: end -->\n\nafter\n';

describe('the table of growth in a document', () => {
  test('has a line for each number of programs', () => {
    expect(withGrowth(DOCUMENT, groups(), 'on this machine')).toBe(`before

<!-- growth: written by bench/run.mjs -->

| programs | healer up (ms) | CPU (%) |
| -------- | -------------- | ------- |
| 1        | 148            | 0.16    |
| 3,000    | 5,123          | 4.4     |

Medians on this machine.

<!-- growth: end -->

after
`);
  });

  test('is replaced by the next one', () => {
    const once = withGrowth(DOCUMENT, groups(), 'here');
    expect(withGrowth(once, groups(), 'here')).toBe(once);
  });

  test('needs a place', () => {
    expect(() => withGrowth('no place', groups(), '')).toThrow('the document has no lines "<!-- growth:');
  });
});
