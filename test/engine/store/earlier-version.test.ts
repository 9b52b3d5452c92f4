import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Paths, resolvePaths } from '../../../src/config/instance/paths.ts';
import { readRegistryFile } from '../../../src/config/registry/registry-file.ts';
import { readSourcesNote } from '../../../src/config/sources/sources-note.ts';
import { createStores, loadStores } from '../../../src/engine/store/stores.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/state-0.1.0/', import.meta.url));
/** A time within the cooldown and the pause of healing that the files contain. */
const NOW = Date.parse('2026-11-28T22:15:00Z');

/** The files of an engine of version 0.1.0 that was killed while its programs were in every kind of state. */
describe('the files of version 0.1.0', () => {
  let home: string;
  let paths: Paths;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'healer-files-'));
    paths = resolvePaths({ HEALER_HOME: home });
    for (const path of [paths.stateFile, paths.cooldownFile, paths.healingLog, paths.holdFile, paths.sourcesFile]) {
      mkdirSync(paths.stateDir, { recursive: true });
      cpSync(join(FIXTURE, path.slice(paths.stateDir.length + 1)), path);
    }
    mkdirSync(dirname(paths.registryFile), { recursive: true });
    cpSync(join(FIXTURE, 'registry.json'), paths.registryFile);
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  test('are read without a problem, and every program is in the state that was recorded', () => {
    const stores = createStores(paths, 'another boot');
    const { stored, problems, cooldowns, holds } = loadStores(stores, NOW);
    expect(problems).toEqual([]);
    const states = [...stored.programs].map(([id, { program }]) => [id, program?.state.name]);
    expect(Object.fromEntries(states)).toEqual({
      api: 'running',
      crash: 'cooldown',
      done: 'exited',
      extra: 'paused',
      gone: 'failed',
      idle: 'disabled',
      slow: 'backoff',
      web: 'starting',
    });
    expect(stored.programs.get('crash')?.program?.restarts).toBe(3);
    expect(cooldowns.get('crash')?.cooldownUntil).toMatch(/^2026-11-28T22:2/);
    expect(Object.keys(holds.programs)).toEqual(['api']);
  });

  test('keep every event and continue their numbers', () => {
    const { events } = createStores(paths, 'another boot');
    expect(events.load()).toBeNull();
    const numbers = events.after(0).events.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(events.lastSeq).toBeGreaterThan(20);
  });

  test('keep registered programs, overrides and the list of sources', () => {
    expect(readSourcesNote(paths.sourcesFile).ups).toEqual([['/srv/app/healer.yaml']]);
    expect(readRegistryFile(paths.registryFile)).toMatchObject({
      kind: 'read',
      registry: {
        programs: { extra: { command: 'sleep', args: ['100003'] } },
        overrides: { idle: { enabled: false }, web: { limits: { cpuPercent: 80 } } },
      },
    });
  });
});
