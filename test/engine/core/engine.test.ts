import { describe, expect, test } from 'vitest';
import { program, RUN } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** When each start of a program that ends as soon as it starts happened, in ms. */
function startTimes(world: TestEngine, forMs: number): number[] {
  const times: number[] = [];
  for (let passed = 0; passed <= forMs; passed += 100) {
    const before = world.world.deeds.filter((deed) => deed.startsWith('spawn')).length;
    if (world.world.countLiving('web') > 0) world.world.end('web', { code: 1 });
    world.clock.advance(100);
    const after = world.world.deeds.filter((deed) => deed.startsWith('spawn')).length;
    for (let start = before; start < after; start++) times.push(passed);
  }
  return times;
}

describe('starts and crashes', () => {
  test('counts as running when it has lasted as long as the spec asks, not before', () => {
    const it = new TestEngine();
    it.add({ startSeconds: 2 });
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    it.clock.advance(1999);
    expect(it.state()).toBe('starting');
    it.clock.advance(1);
    expect(it.state()).toBe('running');
    expect(it.kinds()).toEqual(['started', 'running']);
  });

  test('respawns in the same turn as the crash is told', () => {
    const it = new TestEngine();
    it.run();
    it.world.end('web', { signal: 'SIGSEGV' });
    expect(it.world.deeds).toEqual(['spawn web 1', 'close web 1', 'spawn web 2']);
    expect(it.kinds()).toEqual(['started', 'running', 'crashed', 'restarted']);
    expect(it.program().restarts).toBe(1);
    expect(it.program().lastExit?.exit).toMatchObject({ code: null, signal: 'SIGSEGV', uptimeMs: 1000 });
  });

  test('lets a program that ended well rest', () => {
    const it = new TestEngine();
    it.run();
    it.world.end('web', { code: 0 });
    it.clock.advance(600_000);
    expect(it.state()).toBe('exited');
    expect(it.world.deeds).toEqual(['spawn web 1', 'close web 1']);
  });

  test('waits 0, 1, 2 and 5 s between the starts of a crash loop', () => {
    const it = new TestEngine();
    it.add();
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    it.world.end('web', { code: 1 });
    const delays: number[] = [];
    for (const expected of [1000, 2000, 5000, 5000]) {
      it.world.end('web', { code: 1 });
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

  test('rests 120 s after the fifth restart within the window, then makes one fresh try with clean counters', () => {
    const it = new TestEngine();
    it.add();
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    const starts = startTimes(it, 60_000);
    expect(starts).toHaveLength(5);
    expect(it.state()).toBe('cooldown');
    const { state } = it.program();
    if (state.name !== 'cooldown') throw new Error('it does not rest');
    const leftMs = state.until.mono - it.clock.now().mono;
    it.clock.advance(leftMs - 1);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(1);
    expect(it.state()).toBe('starting');
    expect(it.program().counters.history).toEqual([]);
    it.world.end('web', { code: 1 });
    expect(it.state()).toBe('starting');
  });

  test('a program that cannot be executed follows the same delays into the cooldown', () => {
    const it = new TestEngine();
    it.world.behave('web', { canSpawn: false });
    it.add();
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    expect(it.world.deeds).toEqual(['spawn web 1', 'spawn web 2']);
    it.clock.advance(13_000);
    expect(it.world.deeds).toHaveLength(6);
    expect(it.state()).toBe('cooldown');
    expect(it.program().why).toContain('cannot find the executable "web"');
  });

  test('a stable run clears the delays', () => {
    const it = new TestEngine();
    it.run();
    it.world.end('web', { code: 1 });
    it.world.end('web', { code: 1 });
    it.clock.advance(1000);
    it.clock.advance(300_000);
    it.world.end('web', { code: 1 });
    expect(it.state()).toBe('starting');
  });

  test('announces a launch before the spawn, with what was decided already in place', () => {
    const it = new TestEngine();
    it.run();
    it.world.end('web', { code: 1 });
    expect(it.launches).toEqual(['web launching', 'web launching']);
  });

  test('does not let the end of an earlier run touch the present one', () => {
    const it = new TestEngine();
    it.run();
    const first = it.program().state;
    it.world.end('web', { code: 1 });
    expect('run' in first && it.engine.findByPid(first.run.pid)).toBeUndefined();
    const { state } = it.program();
    expect('run' in state && it.engine.findByPid(state.run.pid)?.id).toBe('web');
  });

  test('keeps a hundred programs apart that die at once, and settles once', () => {
    const it = new TestEngine();
    const ids = Array.from({ length: 100 }, (_, index) => `p${String(index)}`);
    for (const id of ids) it.run({ id, startSeconds: 0 });
    const settledBefore = it.settled;
    const exit = { code: null, signal: 'SIGKILL', coreDumped: false, atWall: 0, uptimeMs: 5 };
    it.engine.postAll(ids.map((id) => ({ id, fact: { kind: 'exited', exit, leftovers: false } })));
    expect(it.settled).toBe(settledBefore + 1);
    expect(new Set(ids.map((id) => it.program(id).restarts))).toEqual(new Set([1]));
  });

  test('passes over facts about programs that are not known', () => {
    const it = new TestEngine();
    it.engine.post('nobody', { kind: 'startRequested', by: 'operator' });
    expect(it.world.deeds).toEqual([]);
  });
});

describe('stops', () => {
  test('goes from SIGTERM to SIGKILL when the grace is over', () => {
    const it = new TestEngine();
    it.world.behave('web', { endsAfterMs: null });
    it.run({ stop: { gracefulTimeoutMs: 3000 } });
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(2999);
    expect(it.world.deeds).toEqual(['spawn web 1', 'SIGTERM web 1']);
    it.clock.advance(2);
    expect(it.world.deeds).toEqual(['spawn web 1', 'SIGTERM web 1', 'SIGKILL web 1', 'close web 1']);
    expect(it.state()).toBe('stopped');
    expect(it.kinds()).toEqual(['started', 'running', 'stopping', 'killed', 'exited']);
  });

  test('a program that ends late, but in time, is not killed', () => {
    const it = new TestEngine();
    it.world.behave('web', { endsAfterMs: 29_999 });
    it.run();
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(30_001);
    expect(it.state()).toBe('stopped');
    expect(it.world.deeds).not.toContain('SIGKILL web 1');
    expect(it.entry().wasForced).toBe(false);
  });

  test('sends SIGKILL again and says so while a process will not die', () => {
    const it = new TestEngine();
    it.world.behave('web', { endsAfterMs: null, canBeKilled: false });
    it.run({ stop: { gracefulTimeoutMs: 0, forceTimeoutMs: 1000 } });
    it.engine.post('web', { kind: 'stopRequested', graceful: false, timeoutMs: null, by: 'operator' });
    it.clock.advance(3000);
    expect(it.world.deeds.filter((deed) => deed === 'SIGKILL web 1')).toHaveLength(4);
    expect(it.program().why).toContain('uninterruptible sleep');
    it.world.behave('web', { canBeKilled: true });
    it.clock.advance(1001);
    expect(it.state()).toBe('stopped');
  });

  test('a restart of one that ignores SIGTERM starts no duplicate and starts once it is gone', () => {
    const it = new TestEngine();
    it.world.behave('web', { endsAfterMs: null });
    it.run({ stop: { gracefulTimeoutMs: 2000 } });
    it.engine.post('web', { kind: 'restartRequested', timeoutMs: null, by: 'operator' });
    it.clock.advance(1000);
    expect(it.world.countLiving('web')).toBe(1);
    it.engine.post('web', { kind: 'restartRequested', timeoutMs: null, by: 'operator' });
    it.clock.advance(1001);
    expect(it.world.deeds).toEqual(['spawn web 1', 'SIGTERM web 1', 'SIGKILL web 1', 'close web 1', 'spawn web 2']);
    expect(it.program().restarts).toBe(1);
  });

  test('a stop that is asked for during a restart wins', () => {
    const it = new TestEngine();
    it.run();
    it.engine.post('web', { kind: 'restartRequested', timeoutMs: null, by: 'operator' });
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(60_000);
    expect(it.state()).toBe('stopped');
    expect(it.world.deeds).toEqual(['spawn web 1', 'SIGTERM web 1', 'close web 1']);
  });

  test('ends what a crashed program left behind before it is started again', () => {
    const it = new TestEngine();
    it.world.behave('web', { childrenEndAfterMs: 300 });
    it.run();
    it.world.end('web', { code: 1 });
    expect(it.state()).toBe('stopping');
    expect(it.world.deeds).toEqual(['spawn web 1', 'SIGTERM web 1', 'SIGCONT web 1']);
    it.clock.advance(600);
    expect(it.world.deeds.slice(3)).toEqual(['close web 1', 'spawn web 2']);
    expect(it.kinds()).toContain('leftovers-ended');
  });

  test('kills leftovers that ignore SIGTERM after the heal time', () => {
    const it = new TestEngine();
    it.world.behave('web', { childrenEndAfterMs: Infinity });
    it.run({ healTimeoutMs: 1000 });
    it.world.end('web', { code: 1 });
    it.clock.advance(1500);
    expect(it.world.deeds.slice(3)).toEqual(['SIGKILL web 1', 'close web 1', 'spawn web 2']);
  });

  test('a stop is over when the last of the tree is gone, not before', () => {
    const it = new TestEngine();
    it.world.behave('web', { endsAfterMs: 10, childrenEndAfterMs: 2000 });
    it.run();
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(1900);
    expect(it.state()).toBe('stopping');
    it.clock.advance(400);
    expect(it.state()).toBe('stopped');
  });

  test('a stop ends a wait for the next start', () => {
    const it = new TestEngine();
    it.run();
    it.world.end('web', { code: 1 });
    it.world.end('web', { code: 1 });
    expect(it.state()).toBe('backoff');
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(60_000);
    expect(it.state()).toBe('stopped');
    expect(it.clock.pending).toBe(0);
  });
});

describe('removal', () => {
  test('stops a program first and then forgets it', () => {
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

  test('forgets one that waits for its next start, and never starts it', () => {
    const it = new TestEngine();
    it.run();
    it.world.end('web', { code: 1 });
    it.world.end('web', { code: 1 });
    it.engine.post('web', { kind: 'removeRequested' });
    it.clock.advance(60_000);
    expect(it.engine.programs.size).toBe(0);
    expect(it.world.deeds.filter((deed) => deed.startsWith('spawn'))).toHaveLength(2);
  });

  test('is not undone by a start that comes too late', () => {
    const it = new TestEngine();
    it.run();
    it.engine.post('web', { kind: 'removeRequested' });
    it.engine.post('web', { kind: 'startRequested', by: 'operator' });
    it.clock.advance(60_000);
    expect(it.engine.programs.size).toBe(0);
  });
});

describe('limits', () => {
  test('ends an exceeding program within the heal time and starts it again', () => {
    const it = new TestEngine();
    it.world.behave('web', { endsAfterMs: null });
    it.run({ healTimeoutMs: 1000 });
    it.engine.post('web', { kind: 'limitExceeded', resource: 'memory', measured: 600.5, limit: 500, samples: [600.5] });
    it.clock.advance(999);
    expect(it.world.deeds.at(-1)).toBe('SIGTERM web 1');
    it.clock.advance(2);
    expect(it.world.deeds).toEqual(['spawn web 1', 'SIGTERM web 1', 'SIGKILL web 1', 'close web 1', 'spawn web 2']);
    const event = it.world.events.find(({ kind }) => kind === 'limit-memory');
    expect(event?.data).toEqual({ measured: 600.5, limit: 500, samples: [600.5] });
    expect(it.program().why).toContain('600.5 MB exceeded limit 500 MB');
  });
});

describe('going down', () => {
  test('lets nothing that rests be started any more', () => {
    const it = new TestEngine();
    it.run();
    it.world.end('web', { code: 1 });
    it.world.end('web', { code: 1 });
    it.engine.suspendStarts();
    it.clock.advance(60_000);
    expect(it.state()).toBe('backoff');
  });

  test('leaves no timer behind', () => {
    const it = new TestEngine();
    it.run({ id: 'a' });
    it.world.behave('b', { endsAfterMs: null, childrenEndAfterMs: Infinity });
    it.run({ id: 'b' });
    it.world.end('b', { code: 1 });
    it.engine.close();
    expect(it.clock.pending).toBe(0);
  });
});

describe('taking over', () => {
  test('performs what was decided about a program of an earlier engine', () => {
    const it = new TestEngine();
    const known = program({ name: 'running', run: RUN });
    const action = { kind: 'emit', event: 'adopted', reason: 'it survived', pid: RUN.pid, data: {} } as const;
    it.engine.addDecided({ program: known, actions: [action] }, 'process_list.txt:1');
    expect(it.kinds()).toEqual(['adopted']);
    expect(it.engine.findByPid(RUN.pid)?.id).toBe('web');
    expect(it.world.deeds).toEqual([]);
  });
});
