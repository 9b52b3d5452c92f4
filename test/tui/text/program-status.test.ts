import { describe, expect, test } from 'vitest';
import { PROCESS_STATES } from '../../../src/protocol/process-state.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';
import { statusText, toneOfState, toneOfStatus } from '../../../src/tui/text/program-status.ts';
import { programRow } from '../../support/program-row.ts';
import { lastExit, secondsAhead } from '../support/samples.ts';
import { NOW } from '../support/states.ts';

const GLYPHS = chooseGlyphs(false, { LANG: 'C.UTF-8' });
const ASCII = chooseGlyphs(true, {});

test.each<[Partial<SnapshotRow>, string, string]>([
  [{ state: 'running' }, '● running', '* running'],
  [{ state: 'running', health: 'healthy' }, '● healthy', '* healthy'],
  [{ state: 'running', health: 'unhealthy' }, '● unhealthy', '* unhealthy'],
  [{ state: 'running', healing: 'held' }, '● running held', '* running held'],
  [{ state: 'running', healing: 'observed' }, '● running observed', '* running observed'],
  [{ state: 'starting' }, '◐ starting', '~ starting'],
  [{ state: 'starting', health: 'unhealthy' }, '◐ starting', '~ starting'],
  [{ state: 'paused' }, '○ paused', 'o paused'],
  [{ state: 'stopping' }, '◐ stopping', '~ stopping'],
  [{ state: 'waiting' }, '◐ waiting', '~ waiting'],
  [{ state: 'backoff', retryAt: secondsAhead(5) }, '◐ backoff 5s', '~ backoff 5s'],
  [{ state: 'backoff', retryAt: null }, '◐ backoff', '~ backoff'],
  [{ state: 'cooldown', cooldownUntil: secondsAhead(42) }, '✗ cooldown 42s', '! cooldown 42s'],
  [{ state: 'cooldown', cooldownUntil: secondsAhead(-3) }, '✗ cooldown 0s', '! cooldown 0s'],
  [{ state: 'failed', lastExit: lastExit({ code: 3 }) }, '✗ failed 3', '! failed 3'],
  [{ state: 'failed', lastExit: lastExit({ code: null, signal: 'SIGSEGV' }) }, '✗ failed SEGV', '! failed SEGV'],
  [{ state: 'failed' }, '✗ failed', '! failed'],
  [{ state: 'exited', lastExit: lastExit({ code: 0 }) }, '○ exited 0', 'o exited 0'],
  [{ state: 'exited', lastExit: lastExit({ code: null }) }, '○ exited', 'o exited'],
  [{ state: 'stopped', lastExit: lastExit() }, '○ stopped', 'o stopped'],
  [{ state: 'disabled' }, '○ disabled', 'o disabled'],
])('the status of %j is %j, in ASCII %j', (row, text, ascii) => {
  expect(statusText(programRow(row), GLYPHS, NOW)).toBe(text);
  expect(statusText(programRow(row), ASCII, NOW)).toBe(ascii);
});

describe('the tone', () => {
  test.each([
    ['running', 'good'],
    ['starting', 'busy'],
    ['paused', 'info'],
    ['stopping', 'busy'],
    ['waiting', 'busy'],
    ['backoff', 'busy'],
    ['cooldown', 'bad'],
    ['failed', 'bad'],
    ['exited', 'plain'],
    ['stopped', 'muted'],
    ['disabled', 'muted'],
  ] as const)('of %s is %s', (state, tone) => {
    expect(toneOfState(state)).toBe(tone);
    expect(toneOfStatus(programRow({ state, health: 'healthy' }))).toBe(tone);
  });

  test('of an unhealthy program is bad only while it is running', () => {
    for (const state of PROCESS_STATES) {
      const tone = toneOfStatus(programRow({ state, health: 'unhealthy' }));
      expect(tone).toBe(state === 'running' ? 'bad' : toneOfState(state));
    }
  });
});
