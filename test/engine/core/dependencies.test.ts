import { describe, expect, test } from 'vitest';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { newProgram } from '../../../src/engine/core/managed-program.ts';
import { spec } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

function start(it: TestEngine, ...ids: readonly string[]): void {
  it.engine.postAll(ids.map((id) => ({ id, fact: { kind: 'startRequested', by: 'operator' } })));
}

function boot(it: TestEngine, ...ids: readonly string[]): void {
  it.engine.postAll(ids.map((id) => ({ id, fact: { kind: 'startRequested', by: 'boot' } })));
}

function know(it: TestEngine, ...specs: readonly Partial<ProcessSpecInput>[]): void {
  for (const fields of specs) it.add(fields);
}

function waits(it: TestEngine, id: string): string[] {
  return it.runner.events
    .filter(({ kind, process }) => kind === 'waiting' && process === id)
    .map(({ reason }) => reason);
}

describe('waiting', () => {
  test('ends in the turn in which the last condition is met', () => {
    const it = new TestEngine();
    know(it, { id: 'db' }, { id: 'cache', startSeconds: 3 }, { id: 'web', dependsOn: ['db', 'cache'] });
    boot(it, 'db', 'cache', 'web');
    expect(it.state('web')).toBe('waiting');
    expect(it.program('web').why).toBe('waiting for db to start and for cache to start');
    it.clock.advance(1000);
    expect(it.program('web').why).toBe('waiting for cache to start');
    it.clock.advance(1999);
    expect(it.state('web')).toBe('waiting');
    it.clock.advance(1);
    expect(it.state('web')).toBe('starting');
    expect(it.program('web').why).toBe('started with the engine, after waiting for db, cache');
    expect(waits(it, 'web')).toHaveLength(2);
  });

  test('does not delay programs that are independent of each other', () => {
    const it = new TestEngine();
    know(it, { id: 'db' }, { id: 'a', dependsOn: ['db'] }, { id: 'b', dependsOn: ['db'] }, { id: 'other' });
    boot(it, 'db', 'a', 'b', 'other');
    expect(it.runner.actions).toEqual(['spawn db 1', 'spawn other 1']);
    it.clock.advance(1000);
    expect(it.runner.actions.slice(2)).toEqual(['spawn a 1', 'spawn b 1']);
  });

  test('lasts until a job exits with code 0, and shows why if the job fails permanently', () => {
    const it = new TestEngine();
    know(
      it,
      { id: 'setup', restart: { policy: 'never' } },
      { id: 'web', dependsOn: [{ id: 'setup', condition: 'completed' }] },
    );
    boot(it, 'setup', 'web');
    it.runner.end('setup', { code: 3 });
    expect(it.state('web')).toBe('waiting');
    expect(it.program('web').why).toBe(
      'waiting for setup to complete (failed: exited with code 3 after 0 ms; not restarted (restart policy "never"))',
    );
    start(it, 'setup');
    it.runner.end('setup', { code: 0 });
    expect(it.state('setup')).toBe('exited');
    expect(it.state('web')).toBe('starting');
  });

  test('records no event for each crash of a dependency in a crash loop', () => {
    const it = new TestEngine();
    know(it, { id: 'db' }, { id: 'web', dependsOn: ['db'] });
    boot(it, 'db', 'web');
    for (let crash = 0; crash < 4; crash++) {
      it.runner.end('db', { code: 1 });
      it.clock.advance(crash === 0 ? 0 : 2000);
      if (it.state('db') === 'backoff') it.clock.advance(10_000);
    }
    expect(waits(it, 'web')).toEqual(['waiting for db to start']);
  });

  test('also delays a restart after a crash, which counts when it happens', () => {
    const it = new TestEngine();
    it.run({ id: 'db' });
    it.run({ id: 'web', dependsOn: ['db'] });
    start(it, 'web');
    it.engine.post('db', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(10);
    it.runner.end('web', { code: 1 });
    expect(it.state('web')).toBe('waiting');
    expect(it.program('web').counters.history).toEqual([]);
    expect(it.state('db')).toBe('stopped');
    start(it, 'db');
    it.clock.advance(1000);
    expect(it.state('web')).toBe('starting');
    expect(it.program('web').counters.history).toHaveLength(1);
  });

  test('follows a change of the dependencies', () => {
    const it = new TestEngine();
    know(it, { id: 'web', dependsOn: ['ghost'] });
    boot(it, 'web');
    expect(it.program('web').why).toContain('no such program');
    it.engine.replaceSpec({ ...it.program('web'), spec: spec({ id: 'web' }) }, 'healer.yaml:2');
    expect(it.state('web')).toBe('starting');
  });

  test('notices a dependency that is added', () => {
    const it = new TestEngine();
    know(it, { id: 'web', dependsOn: ['db'] });
    boot(it, 'web');
    it.engine.add(newProgram(spec({ id: 'db' })), 'healer.yaml:2');
    expect(it.program('web').why).toContain('stopped: not started yet');
    boot(it, 'db');
    it.clock.advance(1000);
    expect(it.state('web')).toBe('starting');
  });

  test('can be ended by a stop', () => {
    const it = new TestEngine();
    know(it, { id: 'db' }, { id: 'web', dependsOn: ['db'] });
    boot(it, 'db', 'web');
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(5000);
    expect(it.state('web')).toBe('stopped');
  });

  test('starts nothing once the engine is shutting down', () => {
    const it = new TestEngine();
    know(it, { id: 'job' }, { id: 'web', dependsOn: [{ id: 'job', condition: 'completed' }] });
    boot(it, 'job', 'web');
    it.engine.suspendStarts();
    it.runner.end('job', { code: 0 });
    expect(it.state('web')).toBe('waiting');
  });
});

describe('a requested start', () => {
  test('starts all dependencies, direct and indirect', () => {
    const it = new TestEngine();
    know(it, { id: 'db', autostart: false }, { id: 'api', dependsOn: ['db'] }, { id: 'web', dependsOn: ['api'] });
    start(it, 'web');
    expect(it.program('db').why).toBe('started as a dependency of api');
    expect(it.program('web').why).toBe('waiting for api to start');
    it.clock.advance(3000);
    expect(['db', 'api', 'web'].map((id) => it.state(id))).toEqual(['running', 'running', 'running']);
  });

  test('does not start a disabled dependency, and reports that', () => {
    const it = new TestEngine();
    know(it, { id: 'db', enabled: false }, { id: 'web', dependsOn: ['db'] });
    start(it, 'web');
    expect(it.state('db')).toBe('disabled');
    expect(it.program('web').why).toBe('waiting for db to start (disabled in its configuration)');
  });

  test('starts a dependency again that is being stopped', () => {
    const it = new TestEngine();
    it.run({ id: 'db' });
    know(it, { id: 'web', dependsOn: ['db'] });
    it.engine.post('db', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    start(it, 'web');
    it.clock.advance(1010);
    expect(it.state('db')).toBe('running');
    expect(it.state('web')).toBe('starting');
  });

  test('in a dependency cycle waits, and names the cycle', () => {
    const it = new TestEngine();
    know(it, { id: 'a', dependsOn: ['b'] }, { id: 'b', dependsOn: ['a'] });
    start(it, 'a');
    it.clock.advance(60_000);
    expect(it.state('a')).toBe('waiting');
    expect(it.program('a').why).toContain('circular dependency: a → b → a');
  });
});
