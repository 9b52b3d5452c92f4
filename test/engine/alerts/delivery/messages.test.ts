import { describe, expect, test } from 'vitest';
import { sampleMessages } from '../../../../src/cli/report/sample-messages.ts';
import { renderHtml } from '../../../../src/engine/alerts/delivery/message-html.ts';
import { renderText } from '../../../../src/engine/alerts/delivery/message-text.ts';
import { subjectLine } from '../../../../src/engine/alerts/delivery/subject-line.ts';
import type { AlertMessage } from '../../../../src/protocol/alert.ts';
import { digest, message } from '../../../support/alerts.ts';

const FROM = { host: 'build-7', instance: 'default' };
const SAMPLES = sampleMessages('default', new Date('2026-01-01T00:00:00Z')).map((sample) => ({
  ...sample,
  from: FROM,
}));
const MESSAGES: readonly (readonly [string, AlertMessage])[] = [
  ...SAMPLES.map((sample) => [sample.alert.kind, sample] as const),
  ['suppressed', message({ heldBack: 4 }, ['a line', '<b>not bold</b>', '\x1b[31mred\x1b[0m'])],
  ['digest', digest(12)],
];

describe('a message of each kind matches the reviewed rendering', () => {
  test.each(MESSAGES)('%s', async (name, each) => {
    const golden = `../../../fixtures/messages/${name}`;
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
])('the subject of kind "%s" follows the documented format', (kind, subject) => {
  const sample = SAMPLES.find(({ alert }) => alert.kind === kind);
  expect(sample === undefined ? null : subjectLine(sample)).toBe(subject);
});

test('a subject is a single line of limited length, whatever the name of the program', () => {
  const subject = subjectLine(message({ subject: `a\r\nb\u202e${'x'.repeat(1_000)}` }));
  expect(subject).toMatch(/^\[Self-Healing Monitor\] Process Crash: a bx+…$/);
  expect(subject.length).toBe(200);
});
