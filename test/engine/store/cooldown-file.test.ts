import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CooldownFile } from '../../../src/engine/store/cooldown-file.ts';
import { NO_FAILURES } from '../../../src/policy/restart.ts';
import { at, program, START } from '../../support/programs.ts';

const RESTING = program(
  { name: 'cooldown', until: at(120_000) },
  { counters: { ...NO_FAILURES, history: [{ at: START, cause: 'crash' }] } },
);

describe('cooldown_state.json', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-cooldown-'));
    path = join(folder, 'cooldown_state.json');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(): string {
    const file = new CooldownFile(path);
    file.load(START.wall);
    file.put('web', RESTING);
    expect(file.flush(1)).toBeNull();
    return readFileSync(path, 'utf8');
  }

  test('restores the restarts and cooldowns of programs', () => {
    write();
    const { entries, problem } = new CooldownFile(path).load(START.wall);
    expect(problem).toBeNull();
    expect(Object.fromEntries(entries)).toEqual({
      web: {
        restarts: [{ at: '2026-01-01T00:00:00.000Z', cause: 'crash' }],
        cooldownUntil: '2026-01-01T00:02:00.000Z',
      },
    });
  });

  test('keeps existing entries when another program changes', () => {
    write();
    const file = new CooldownFile(path);
    file.load(START.wall);
    file.put('other', RESTING);
    file.flush(1);
    expect([...new CooldownFile(path).load(START.wall).entries.keys()]).toEqual(['web', 'other']);
  });

  test('forgets a program that is removed or has no restarts', () => {
    const file = new CooldownFile(path);
    for (const id of ['a', 'b', 'c']) file.put(id, RESTING);
    file.flush(1);
    file.remove('a');
    file.put('b', program({ name: 'stopped' }));
    file.flush(1);
    expect([...new CooldownFile(path).load(START.wall).entries.keys()]).toEqual(['c']);
  });

  test('collects the changes of a burst, and says when they are due', async () => {
    const file = new CooldownFile(path);
    const ids = Array.from({ length: 2_000 }, (_, index) => `p${String(index)}`);
    for (const id of ids) file.put(id, RESTING);
    expect(file.commit(7)).toBeNull();
    expect(file.dueInMs).toBeNull();
    const written = readFileSync(path, 'utf8');
    file.put('late', RESTING);
    expect(file.commit(8)).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe(written);
    const { dueInMs } = file;
    expect(dueInMs).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, (dueInMs ?? 0) + 1));
    expect(file.commit(8)).toBeNull();
    const { entries, seq } = new CooldownFile(path).load(START.wall);
    expect([entries.has('late'), seq]).toEqual([true, 8]);
  });

  test('is not written for programs that never restarted', () => {
    const file = new CooldownFile(path);
    file.put('web', program({ name: 'stopped' }));
    file.flush(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is copied if truncated at any byte, and the next engine starts with an empty one', () => {
    const whole = write().trimEnd();
    for (let cut = 0; cut < whole.length; cut++) {
      writeFileSync(path, whole.slice(0, cut));
      const { entries, problem } = new CooldownFile(path).load(START.wall + cut);
      expect(entries.size).toBe(0);
      expect(problem).toContain('.corrupt-');
    }
    expect(readdirSync(folder).filter((name) => name.includes('.corrupt-'))).toHaveLength(whole.length);
  });

  test.each(['[]', 'null', '{"version":2,"processes":{}}', '{"version":1,"processes":{"web":{"restarts":"many"}}}'])(
    'refuses %s',
    (text) => {
      writeFileSync(path, text);
      expect(new CooldownFile(path).load(START.wall).problem).toContain(path);
    },
  );
});
