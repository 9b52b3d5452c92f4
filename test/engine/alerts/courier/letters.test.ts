import { describe, expect, test } from 'vitest';
import { sampleLetters } from '../../../../src/cli/report/sample-letters.ts';
import { renderHtml } from '../../../../src/engine/alerts/courier/letter-html.ts';
import { renderText } from '../../../../src/engine/alerts/courier/letter-text.ts';
import { subjectLine } from '../../../../src/engine/alerts/courier/subject-line.ts';
import type { Letter } from '../../../../src/protocol/alert.ts';
import { digest, letter } from '../../../support/alerts.ts';

const FROM = { host: 'build-7', instance: 'default' };
const SAMPLES = sampleLetters('default', new Date('2026-01-01T00:00:00Z')).map((sample) => ({ ...sample, from: FROM }));
const LETTERS: readonly (readonly [string, Letter])[] = [
  ...SAMPLES.map((sample) => [sample.alert.kind, sample] as const),
  ['held-back', letter({ heldBack: 4 }, ['a line', '<b>not bold</b>', '\x1b[31mred\x1b[0m'])],
  ['digest', digest(12)],
];

describe('a letter of each kind, as it was looked at', () => {
  test.each(LETTERS)('%s', async (name, each) => {
    const golden = `../../../fixtures/letters/${name}`;
    await expect(`Subject: ${subjectLine(each)}\n\n${renderText(each)}`).toMatchFileSnapshot(`${golden}.txt`);
    await expect(renderHtml(each)).toMatchFileSnapshot(`${golden}.html`);
  });
});

test.each([
  ['crash', '[Self-Healing Monitor] Process Crash: example'],
  ['violation', '[Self-Healing Monitor] Resource Violation: example'],
  ['anomaly', '[Self-Healing Monitor] Anomaly Detected: example (memory leak)'],
  ['cooldown', '[Self-Healing Monitor] Cooldown Activated: example'],
  ['restart-failed', '[Self-Healing Monitor] Restart Failed: example'],
  ['zombies', '[Self-Healing Monitor] Zombie Processes Detected: 3'],
])('the subject of kind "%s" is the promised one', (kind, subject) => {
  const sample = SAMPLES.find(({ alert }) => alert.kind === kind);
  expect(sample === undefined ? null : subjectLine(sample)).toBe(subject);
});

test('a subject is one line of bounded length, whatever a program is called', () => {
  const subject = subjectLine(letter({ subject: `a\r\nb\u202e${'x'.repeat(1_000)}` }));
  expect(subject).toMatch(/^\[Self-Healing Monitor\] Process Crash: a bx+…$/);
  expect(subject.length).toBe(200);
});
