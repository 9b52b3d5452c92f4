import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const CRASHING = { command: 'sh', args: ['-c', 'exit 3'] };
const GOOD = ['-c', 'exec sleep 200000'];

/** Programs in each state in which a change of the definition is an attempt to fix them. */
const STATES = {
  backoff: { ...CRASHING, restart: { backoffMs: [600_000], jitter: 0 } },
  cooldown: { ...CRASHING, restart: { backoffMs: [0], cooldown: { restarts: 1, durationMs: 600_000 } } },
  failed: { ...CRASHING, restart: { maxAttempts: 1 } },
} as const;

class Edited extends HealerHome {
  readonly file = join(this.folder, 'healer.yaml');

  define(args: readonly string[]): void {
    const programs = Object.entries(STATES).map(([id, spec]) => [id, { ...spec, args }]);
    writeFileSync(this.file, JSON.stringify({ processes: Object.fromEntries(programs) }, null, 1));
  }

  async reach(): Promise<void> {
    for (const id of Object.keys(STATES) as (keyof typeof STATES)[]) await this.state(id, id);
  }
}

describe('a change of the definition starts programs in backoff, in cooldown and failed at once', () => {
  test('by an edit of the file, with clean counters', async () => {
    await using home = new Edited();
    home.define(CRASHING.args);
    await home.ok('up', '-f', home.file);
    await home.reach();
    home.define(GOOD);
    for (const id of Object.keys(STATES)) {
      await home.state(id, 'running');
      const cooldowns = await home.ask((api) => api.cooldowns({}));
      expect(cooldowns.find((view) => view.id === id)).toMatchObject({ until: null });
    }
    expect((await home.kinds('cooldown')).includes('cooldown-ended')).toBe(true);
    await home.down();
  });

  test.each(Object.keys(STATES))('by "healer update" of one that is in %s, for any field', async (id) => {
    await using home = new Edited();
    home.define(CRASHING.args);
    await home.ok('up', '-f', home.file);
    await home.reach();
    const before = (await home.kinds(id)).length;
    await home.ok('update', id, '--env', 'FIXED=1');
    const started = await waitFor(
      async () => (await home.events(id)).slice(before).find(({ kind }) => kind === 'started' || kind === 'restarted'),
      'the start',
    );
    expect(started.reason).toContain('its definition was changed');
    await home.down();
  });
});

describe('an override of the registry', () => {
  test('is visible, is reported when it shadows an edit, and can be taken back', async () => {
    await using home = new HealerHome();
    await home.up('web - 500 -- sleep 200000');
    await home.ok('update', 'web', '--memory', '300', '--env', 'A=1');
    expect((await home.row('web')).overridden).toEqual(['env.A', 'limits.memoryMb']);
    expect(await home.ok('ls')).toContain('Changed by command, not as in the file: web (env.A, limits.memoryMb)');
    expect(await home.ok('describe', 'web')).toMatch(/overridden +env\.A, limits\.memoryMb: set in the registry/);
    expect((await home.events()).filter(({ kind }) => kind === 'config-invalid')).toEqual([]);
    home.list('web - 400 -- sleep 200000');
    const { reason } = await home.event('config-invalid');
    expect(reason).toContain(
      'process_list.txt:1:1: limits.memoryMb of "web" is 400 here, but "healer update" set it to 300, which takes precedence',
    );
    expect((await home.run('up')).stderr).toContain('"healer update web --unset limits.memoryMb"');
    await home.ok('update', 'web', '--unset', 'memory');
    expect((await home.row('web')).limits.memoryMb).toBe(400);
    expect((await home.run('up')).stderr).toBe('');
    const refused = await home.run('update', 'web', '--unset', 'nice');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('cannot unset nice of "web": the registry does not set it (set there: env.A)');
    await home.ok('down');
    expect(await home.ok('update', 'web', '--unset', 'env.A')).toContain('changed "web"');
    await home.up();
    expect((await home.row('web')).overridden).toEqual([]);
    await home.down();
  });

  test('of limits is lifted with none, with and without an engine', async () => {
    await using home = new HealerHome();
    await home.up('web 50 500 -- sleep 200000');
    await home.ok('update', 'web', '--memory', 'none', '--cpu', 'none');
    expect((await home.row('web')).limits).toEqual({ cpuPercent: null, memoryMb: null });
    await home.ok('add', 'free', '--memory', 'none', '--cpu', 'none', '--', 'sleep', '200000');
    expect((await home.row('free')).limits).toEqual({ cpuPercent: null, memoryMb: null });
    await home.ok('update', 'web', '--unset', 'all');
    expect((await home.row('web')).limits).toEqual({ cpuPercent: 50, memoryMb: 500 });
    await home.ok('down');
    await home.ok('update', 'web', '--memory', 'none');
    await home.up();
    expect((await home.row('web')).limits).toEqual({ cpuPercent: 50, memoryMb: null });
    await home.down();
  });
});

describe('an edit while no engine runs', () => {
  test('restarts what it concerns once the next engine runs', async () => {
    await using home = new HealerHome();
    const define = (web: string): string =>
      home.write(
        'healer.yaml',
        `processes:\n  web: {command: sh, args: [-c, 'echo ${web}; exec sleep 1000']}\n  other: {command: sleep, args: [1000]}\n`,
      );
    await home.ok('up', '-f', define('one'));
    const [web, other] = [await home.pid('web'), await home.pid('other')];
    await home.killEngine();
    await home.ok('up', '-f', define('two'));
    await waitFor(async () => (await home.row('web')).pid !== web, 'the new definition to apply');
    await home.state('web', 'running');
    expect(await home.ok('logs', 'web')).toContain('two');
    expect(isAlive(web)).toBe(false);
    expect(await home.pid('other')).toBe(other);
    expect((await home.event('config-changed')).reason).toBe(
      'definitions were changed before this engine started; restarting web',
    );
  });

  test('is not what another environment of the engine is: programs keep running', async () => {
    await using home = new HealerHome();
    const file = home.write(
      'healer.yaml',
      'processes:\n  web: {command: sleep, args: [1000], env: {WORD: "${WORD:-none}"}}\n',
    );
    await home.ok('up', '-f', file);
    const pid = await home.pid('web');
    await home.killEngine();
    home.extraEnv = { WORD: 'some' };
    await home.ok('up', '-f', file);
    expect((await home.state('web', 'running')).pid).toBe(pid);
    await home.killEngine();
    await home.ok('up', '-f', file);
    expect((await home.state('web', 'running')).pid).toBe(pid);
  });
});

test('a change of a stopped program does not claim to restart it', async () => {
  await using home = new HealerHome();
  await home.up('web - - -- sleep 200000');
  await home.ok('stop', 'web');
  expect(await home.ok('update', 'web', '--env', 'A=1')).toBe(
    'changed "web"; not running, so the change takes effect at the next start\n',
  );
  expect((await home.row('web')).state).toBe('stopped');
  await home.down();
});
