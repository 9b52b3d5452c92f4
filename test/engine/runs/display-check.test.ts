import { expect, test } from 'vitest';
import type { LogLine } from '../../../src/protocol/log-line.ts';
import { DisplayCheck } from '../../../src/engine/runs/display-check.ts';
import { exit, spec } from '../../support/programs.ts';

const REASON = 'no X or Wayland session of user anna';

/** Examines an exit whose output reaches the log only once it was read so many times, after an engine has run for so long. */
async function examine(text: string, { reads, engineMs }: { readonly reads: number; readonly engineMs: number }) {
  const clock = { now: 0, reads: 0 };
  const line: LogLine = { time: null, stream: 'stderr', text, partial: false };
  const check = new DisplayCheck({
    displayOf: () => ({ isNamed: false, isReachable: false, hasOutput: true, reason: REASON }),
    isGraphical: () => true,
    readTail: () => Promise.resolve(++clock.reads > reads ? [line] : []),
    now: () => clock.now,
  });
  clock.now = engineMs;
  const reason = await check.examine(spec({ session: 'auto' }), exit({ code: 1, uptimeMs: 50 }), { pid: 1 });
  return { reason, reads: clock.reads };
}

test('the output of a program is awaited while the log collector of a new engine is starting', async () => {
  expect(await examine("Error: Can't open display:", { reads: 6, engineMs: 200 })).toEqual({
    reason: REASON,
    reads: 7,
  });
});

test('output that mentions no display ends the wait', async () => {
  expect(await examine('cannot open the database', { reads: 6, engineMs: 200 })).toEqual({ reason: null, reads: 7 });
});

test('a silent program is awaited for 150 ms only, once the engine has run for a while', async () => {
  expect(await examine("Error: Can't open display:", { reads: 6, engineMs: 60_000 })).toEqual({
    reason: null,
    reads: 5,
  });
});
