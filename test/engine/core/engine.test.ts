import { describe, expect, test } from 'vitest';
import { program, RUN } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** Returns when each start of a program that exits immediately happened, in ms. */
function startTimes(it: TestEngine, forMs: number): number[] {
  const times: number[] = [];
  for (let passed = 0; passed <= forMs; passed += 100) {
    const before = it.runner.actions.filter((action) => action.startsWith('spawn')).length;
    if (it.runner.countRunning('web') > 0) it.runner.end('web', { code: 1 });
    it.clock.advance(100);
    const after = it.runner.actions.filter((action) => action.startsWith('spawn')).length;
    for (let start = before; start < after; start++) times.push(passed);
  }
  return times;
}

describe('starts and crashes', () => {
  test('counts as running once it has run for startSeconds, and not before', () => {
    const it = new TestEngine();
    it.add({ startSeconds: 2 });
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    it.clock.advance(1999);
    expect(it.state()).toBe('starting');
    it.clock.advance(1);
    expect(it.state()).toBe('running');
    expect(it.kinds()).toEqual(['started', 'running']);
  });

  test('restarts a program in the turn that reports its crash', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { signal: 'SIGSEGV' });
    expect(it.runner.actions).toEqual(['spawn web 1', 'close web 1', 'spawn web 2']);
    expect(it.kinds()).toEqual(['started', 'running', 'crashed', 'restarted']);
    expect(it.program().restarts).toBe(1);
    expect(it.program().lastExit?.exit).toMatchObject({ code: null, signal: 'SIGSEGV', uptimeMs: 1000 });
  });

  test('programs that crash together are restarted after the records of all of them are written at once', () => {
    const it = new TestEngine();
    const ids = ['a', 'b', 'c'];
    for (const id of ids) it.run({ id });
    it.launches.splice(0);
    const exit = { code: null, signal: 'SIGKILL', coreDumped: false, atWall: it.clock.now().wall, uptimeMs: 2_000 };
    it.engine.postAll(
      ids.map((id) => ({ id, fact: { kind: 'exited', of: it.main(id), exit, leftovers: false } as const })),
    );
    expect(it.launches).toEqual(['a launching, b launching, c launching']);
    expect(it.runner.actions.slice(-6)).toEqual([
      ...['close a 1', 'close b 1', 'close c 1'],
      ...['spawn a 2', 'spawn b 2', 'spawn c 2'],
    ]);
    expect(it.kinds().slice(-6)).toEqual(['crashed', 'crashed', 'crashed', 'restarted', 'restarted', 'restarted']);
  });

  test('a request that arrives together with a crash finds the next run', () => {
    const it = new TestEngine();
    it.run();
    const exit = { code: 1, signal: null, coreDumped: false, atWall: it.clock.now().wall, uptimeMs: 2_000 };
    it.engine.postAll([
      { id: 'web', fact: { kind: 'exited', of: it.main(), exit, leftovers: false } },
      { id: 'web', fact: { kind: 'stopRequested', by: 'operator', graceful: true, timeoutMs: null } },
    ]);
    expect(it.runner.actions).toContain('spawn web 2');
    it.clock.advance(60_000);
    expect(it.state()).toBe('stopped');
  });

  test('a program waits if those that were started before it have used up what it needs', () => {
    let room = 1;
    const it = new TestEngine(({ spawn }) => ({
      shortage: () => (room > 0 ? null : { resource: 'file descriptors', why: 'waiting for file descriptors' }),
      spawn: (...of) => {
        room -= 1;
        return spawn(...of);
      },
    }));
    for (const id of ['a', 'b']) it.add({ id });
    it.engine.postAll(['a', 'b'].map((id) => ({ id, fact: { kind: 'startRequested', by: 'boot' } as const })));
    expect([it.state('a'), it.state('b')]).toEqual(['starting', 'waiting']);
    room = 1;
    it.clock.advance(5_000);
    expect(it.state('b')).toBe('running');
  });

  test('does not restart a program that exited with code 0', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 0 });
    it.clock.advance(600_000);
    expect(it.state()).toBe('exited');
    expect(it.runner.actions).toEqual(['spawn web 1', 'close web 1']);
  });

  test('waits 0, 1, 2 and 5 s between the starts of a crash loop', () => {
    const it = new TestEngine();
    it.add();
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    it.runner.end('web', { code: 1 });
    const delays: number[] = [];
    for (const expected of [1000, 2000, 5000, 5000]) {
      it.runner.end('web', { code: 1 });
      expect(it.state()).toBe('backoff');
      it.clock.advance(expected - 1);
      expect(it.state()).toBe('backoff');
      it.clock.advance(1);
      expect(it.state()).toBe('starting');
      delays.push(expected);
    }
    expect(delays).toHaveLength(4);
    expect(it.program().restarts).toBe(5);
  });

  test('is in cooldown for 120 s after the fifth restart within the window, then retries once with reset counters', () => {
    const it = new TestEngine();
    it.add();
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    const starts = startTimes(it, 60_000);
    expect(starts).toHaveLength(5);
    expect(it.state()).toBe('cooldown');
    const { state } = it.program();
    if (state.name !== 'cooldown') throw new Error('the program is not in cooldown');
    const leftMs = state.until.mono - it.clock.now().mono;
    it.clock.advance(leftMs - 1);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(1);
    expect(it.state()).toBe('starting');
    expect(it.program().counters).toMatchObject({ backoffStep: 0, history: [{ cause: 'cooldown' }] });
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('starting');
  });

  test('applies the same delays and the cooldown to a program that cannot be executed', () => {
    const it = new TestEngine();
    it.runner.behave('web', { canSpawn: false });
    it.add();
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    expect(it.runner.actions).toEqual(['spawn web 1', 'spawn web 2']);
    it.clock.advance(13_000);
    expect(it.runner.actions).toHaveLength(6);
    expect(it.state()).toBe('cooldown');
    expect(it.program().why).toContain('cannot find the executable "web"');
  });

  test('resets the delays after a stable run', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 1 });
    it.runner.end('web', { code: 1 });
    it.clock.advance(1000);
    it.clock.advance(300_000);
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('starting');
  });

  test('flushes state before the spawn, with the decision already in place', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 1 });
    expect(it.launches).toEqual(['web launching', 'web launching']);
  });

  test('ignores the exit of a previous run', () => {
    const it = new TestEngine();
    it.run();
    const first = it.program().state;
    it.runner.end('web', { code: 1 });
    expect('run' in first && it.engine.findByPid(first.run.pid)).toBeUndefined();
    const { state } = it.program();
    expect('run' in state && it.engine.findByPid(state.run.pid)?.id).toBe('web');
  });

  test('restarts a hundred programs that crash at once, and commits once', () => {
    const it = new TestEngine();
    const ids = Array.from({ length: 100 }, (_, index) => `p${String(index)}`);
    for (const id of ids) it.run({ id, startSeconds: 0 });
    const settledBefore = it.settled;
    const exit = { code: null, signal: 'SIGKILL', coreDumped: false, atWall: 0, uptimeMs: 5 };
    it.engine.postAll(ids.map((id) => ({ id, fact: { kind: 'exited', of: it.main(id), exit, leftovers: false } })));
    expect(it.settled).toBe(settledBefore + 1);
    expect(new Set(ids.map((id) => it.program(id).restarts))).toEqual(new Set([1]));
  });

  test('ignores facts about unknown programs', () => {
    const it = new TestEngine();
    it.engine.post('unknown', { kind: 'startRequested', by: 'operator' });
    expect(it.runner.actions).toEqual([]);
  });
});

describe('a stop', () => {
  test('escalates from SIGTERM to SIGKILL after the stop timeout', () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run({ stop: { gracefulTimeoutMs: 3000 } });
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(2999);
    expect(it.runner.actions).toEqual(['spawn web 1', 'SIGTERM web 1', 'SIGCONT web 1']);
    it.clock.advance(2);
    expect(it.runner.actions).toEqual([
      'spawn web 1',
      'SIGTERM web 1',
      'SIGCONT web 1',
      'SIGKILL web 1',
      'close web 1',
    ]);
    expect(it.state()).toBe('stopped');
    expect(it.kinds()).toEqual(['started', 'running', 'stopping', 'killed', 'exited']);
  });

  test('does not kill a program that exits just in time', () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: 29_999 });
    it.run();
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(30_001);
    expect(it.state()).toBe('stopped');
    expect(it.runner.actions).not.toContain('SIGKILL web 1');
    expect(it.entry().wasForced).toBe(false);
  });

  test('repeats SIGKILL, and reports it, while a process survives it', () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null, canBeKilled: false });
    it.run({ stop: { gracefulTimeoutMs: 0, forceTimeoutMs: 1000 } });
    it.engine.post('web', { kind: 'stopRequested', graceful: false, timeoutMs: null, by: 'operator' });
    it.clock.advance(3000);
    expect(it.runner.actions.filter((action) => action === 'SIGKILL web 1')).toHaveLength(4);
    expect(it.program().why).toContain('uninterruptible sleep');
    it.runner.behave('web', { canBeKilled: true });
    it.clock.advance(1001);
    expect(it.state()).toBe('stopped');
  });

  test('for a restart starts the next run only once the previous one has exited', () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run({ stop: { gracefulTimeoutMs: 2000 } });
    it.engine.post('web', { kind: 'restartRequested', timeoutMs: null, by: 'operator' });
    it.clock.advance(1000);
    expect(it.runner.countRunning('web')).toBe(1);
    it.engine.post('web', { kind: 'restartRequested', timeoutMs: null, by: 'operator' });
    it.clock.advance(1001);
    expect(it.runner.actions).toEqual([
      'spawn web 1',
      'SIGTERM web 1',
      'SIGCONT web 1',
      'SIGKILL web 1',
      'close web 1',
      'spawn web 2',
    ]);
    expect(it.program().restarts).toBe(1);
  });

  test('overrides a restart in progress', () => {
    const it = new TestEngine();
    it.run();
    it.engine.post('web', { kind: 'restartRequested', timeoutMs: null, by: 'operator' });
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(60_000);
    expect(it.state()).toBe('stopped');
    expect(it.runner.actions).toEqual(['spawn web 1', 'SIGTERM web 1', 'SIGCONT web 1', 'close web 1']);
  });

  test('of leftovers precedes the restart of a crashed program', () => {
    const it = new TestEngine();
    it.runner.behave('web', { childrenEndAfterMs: 300 });
    it.run();
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('stopping');
    expect(it.runner.actions).toEqual(['spawn web 1', 'SIGTERM to tree of web 1', 'SIGCONT web 1']);
    it.clock.advance(600);
    expect(it.runner.actions.slice(3)).toEqual(['close web 1', 'spawn web 2']);
    expect(it.kinds()).toContain('leftovers-ended');
  });

  test('of leftovers escalates to SIGKILL after the heal timeout', () => {
    const it = new TestEngine();
    it.runner.behave('web', { childrenEndAfterMs: Infinity });
    it.run({ healTimeoutMs: 1000 });
    it.runner.end('web', { code: 1 });
    it.clock.advance(1500);
    expect(it.runner.actions.slice(3)).toEqual(['SIGKILL web 1', 'close web 1', 'spawn web 2']);
  });

  test('is complete once the last process of the tree has exited', () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: 10, childrenEndAfterMs: 2000 });
    it.run();
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(1900);
    expect(it.state()).toBe('stopping');
    it.clock.advance(400);
    expect(it.state()).toBe('stopped');
  });

  test('cancels a scheduled restart', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 1 });
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('backoff');
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(60_000);
    expect(it.state()).toBe('stopped');
    expect(it.clock.pending).toBe(0);
  });
});

describe('removal', () => {
  test('stops a program before it forgets it', () => {
    const it = new TestEngine();
    it.run();
    it.engine.post('web', { kind: 'removeRequested' });
    expect(it.forgotten).toEqual([]);
    it.clock.advance(20);
    expect(it.forgotten).toEqual(['web']);
    expect(it.engine.programs.has('web')).toBe(false);
    expect(it.kinds()).toEqual(['started', 'running', 'stopping', 'exited', 'removed']);
    expect(it.clock.pending).toBe(0);
  });

  test('forgets a program in backoff, and never starts it', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 1 });
    it.runner.end('web', { code: 1 });
    it.engine.post('web', { kind: 'removeRequested' });
    it.clock.advance(60_000);
    expect(it.engine.programs.size).toBe(0);
    expect(it.runner.actions.filter((action) => action.startsWith('spawn'))).toHaveLength(2);
  });

  test('is not undone by a later start', () => {
    const it = new TestEngine();
    it.run();
    it.engine.post('web', { kind: 'removeRequested' });
    it.engine.post('web', { kind: 'startRequested', by: 'operator' });
    it.clock.advance(60_000);
    expect(it.engine.programs.size).toBe(0);
  });
});

describe('an exceeded limit', () => {
  test('restarts the program within the heal timeout', () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run({ healTimeoutMs: 1000 });
    it.engine.post('web', {
      kind: 'limitExceeded',
      of: it.main(),
      resource: 'memory',
      measured: 600.5,
      limit: 500,
      samples: [600.5],
    });
    it.clock.advance(999);
    expect(it.runner.actions.slice(-2)).toEqual(['SIGTERM web 1', 'SIGCONT web 1']);
    it.clock.advance(2);
    expect(it.runner.actions).toEqual([
      'spawn web 1',
      'SIGTERM web 1',
      'SIGCONT web 1',
      'SIGKILL web 1',
      'close web 1',
      'spawn web 2',
    ]);
    const event = it.runner.events.find(({ kind }) => kind === 'limit-memory');
    expect(event?.data).toEqual({ measured: 600.5, limit: 500, samples: [600.5] });
    expect(it.program().why).toContain('600.5 MB exceeded limit 500 MB');
  });
});

describe('shutting down', () => {
  test('starts no program that is not running', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 1 });
    it.runner.end('web', { code: 1 });
    it.engine.suspendStarts();
    it.clock.advance(60_000);
    expect(it.state()).toBe('backoff');
  });

  test('leaves no timer pending', () => {
    const it = new TestEngine();
    it.run({ id: 'a' });
    it.runner.behave('b', { endsAfterMs: null, childrenEndAfterMs: Infinity });
    it.run({ id: 'b' });
    it.runner.end('b', { code: 1 });
    it.engine.close();
    expect(it.clock.pending).toBe(0);
  });
});

describe('adoption', () => {
  test('performs the decision about a program of a previous engine', () => {
    const it = new TestEngine();
    const known = program({ name: 'running', run: RUN });
    const action = { kind: 'emit', event: 'adopted', reason: 'it survived', pid: RUN.pid, data: {} } as const;
    it.engine.addDecided({ program: known, actions: [action] }, 'process_list.txt:1');
    expect(it.kinds()).toEqual(['adopted']);
    expect(it.engine.findByPid(RUN.pid)?.id).toBe('web');
    expect(it.runner.actions).toEqual([]);
  });
});
