import { expect, test } from 'vitest';
import { presentReason, stateWord } from '../../../src/client/attach/present-reason.ts';
import { programRow } from '../../support/program-row.ts';

const NOW = Date.parse('2026-11-21T09:34:10.000Z');
const WHY = 'exited with code 7 after 3 s';

test.each([
  [
    'names the time that is left now',
    { state: 'backoff', retryAt: '2026-11-21T09:34:15.500Z' },
    `${WHY}; next attempt in 5.5s`,
  ],
  [
    'counts a cooldown down',
    { state: 'cooldown', cooldownUntil: '2026-11-21T09:35:00.000Z' },
    `${WHY}; next attempt in 50s`,
  ],
  ['has no time that is over', { state: 'backoff', retryAt: '2026-11-21T09:34:09.000Z' }, WHY],
  [
    'promises nothing in observe mode',
    { state: 'backoff', retryAt: '2026-11-21T09:34:15.500Z', healing: 'observed' },
    WHY,
  ],
  [
    'promises nothing while healing is paused',
    { state: 'cooldown', cooldownUntil: '2026-11-21T09:35:00.000Z', healing: 'held' },
    WHY,
  ],
  ['is the reason alone for a program that runs', { state: 'running' }, WHY],
] as const)('the present reason %s', (_, fields, sentence) => {
  expect(presentReason(programRow({ ...fields, why: WHY }), NOW)).toBe(sentence);
});

test.each([
  ['backoff', 'on', 'backoff'],
  ['backoff', 'observed', 'down'],
  ['backoff', 'held', 'down'],
  ['failed', 'observed', 'failed'],
  ['running', 'held', 'running'],
] as const)('the word for %s while healing is %s is %s', (state, healing, word) => {
  expect(stateWord({ state, healing })).toBe(word);
});
