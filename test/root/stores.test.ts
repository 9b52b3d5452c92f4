import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_REGISTRY, type Registry } from '../../src/config/registry/registry-content.ts';
import { applyEdit } from '../../src/config/registry/registry-edits.ts';
import { editRegistry, readRegistryFile, rescueRegistry } from '../../src/config/registry/registry-file.ts';
import { AppendFile } from '../../src/engine/store/append-file.ts';
import { CooldownFile } from '../../src/engine/store/cooldown-file.ts';
import { toRecord } from '../../src/engine/store/program-record.ts';
import { StateStore } from '../../src/engine/store/state-store.ts';
import { NO_FAILURES } from '../../src/policy/restart.ts';
import { at, program, RUN, spec, START } from '../support/programs.ts';
import { createSmallDisk, type SmallDisk } from '../support/small-disk.ts';

let disk: SmallDisk;
beforeEach(() => {
  disk = createSmallDisk(4);
});
afterEach(() => {
  disk.close();
});

describe('an append-only file', () => {
  let file: AppendFile;
  let path: string;

  beforeEach(() => {
    path = join(disk.folder, 'file');
    file = new AppendFile(path);
  });

  afterEach(() => file.close());

  function lines(): string[] {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  }

  test('keeps lines while the disk is full and writes all of them in order once there is space', () => {
    file.append(['before']);
    disk.fill();
    for (let index = 0; index < 2000; index++) {
      const { written, problem } = file.append([`line ${String(index)} ${'x'.repeat(100)}`]);
      if (index === 1999) expect({ written, problem }).toMatchObject({ written: false });
    }
    expect(file.append(['last']).problem).toContain('ENOSPC');
    disk.free();
    expect(file.retry()).toEqual({ written: true, problem: null, dropped: 0 });
    const found = lines();
    expect(found).toHaveLength(2002);
    expect(found[1]).toMatch(/^line 0 x+$/);
    expect(found.at(-1)).toBe('last');
  });

  test('leaves no partial line if the disk becomes full', () => {
    file.append(['before']);
    disk.fill();
    const before = statSync(path).size;
    file.append(['x'.repeat(100_000)]);
    expect(statSync(path).size).toBe(before);
    expect(lines()).toEqual(['before']);
  });

  test('drops the oldest lines above its limit and reports their number once', () => {
    file.append(['before']);
    disk.fill();
    // The remainder of the last page is still written.
    file.append(['x'.repeat(100_000)]);
    file.append(Array.from({ length: 10_500 }, (_, index) => String(index)));
    expect(file.waitingLines).toBe(10_000);
    disk.free();
    expect(file.retry()).toEqual({ written: true, problem: null, dropped: 501 });
    expect(lines().slice(0, 2)).toEqual(['before', '500']);
    expect(file.append(['more']).dropped).toBe(0);
  });
});

describe('the registry', () => {
  function read(file: string): Registry {
    const found = readRegistryFile(file);
    if (found.kind !== 'read') throw new Error(found.problem);
    return found.registry;
  }

  async function add(id: string, file: string, fields: Record<string, unknown> = {}): Promise<void> {
    await editRegistry(file, (registry) =>
      applyEdit(registry, { kind: 'add', id, fields: { command: 'true', ...fields } }, new Map()),
    );
  }

  test('that is damaged is moved away even when the disk is full', async () => {
    const file = join(disk.folder, 'registry.json');
    await add('web', file);
    writeFileSync(file, `{"version":1,${' '.repeat(60_000)}`);
    disk.fill();
    const aside = `${file}.corrupt-1970-01-01T00-00-00.000Z`;
    expect(await rescueRegistry(file, 0)).toContain(`it was moved to "${aside}"`);
    expect(statSync(aside).size).toBe(60_013);
    expect(read(file)).toEqual(EMPTY_REGISTRY);
  });

  test('is unchanged when the disk has space for only part of it', async () => {
    const file = join(disk.folder, 'registry.json');
    await add('web', file);
    const before = readFileSync(file, 'utf8');
    disk.fill();
    const padding = { env: { PADDING: 'x'.repeat(60_000) } };
    await expect(add('large', file, padding)).rejects.toMatchObject({ code: 'IO_ERROR' });
    expect(readFileSync(file, 'utf8')).toBe(before);
    // With one more page of space, the package that writes does not notice the truncation.
    disk.shrink(8192);
    await expect(add('large', file, padding)).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: expect.stringContaining('no space left'),
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
    disk.free();
    await add('large', file, padding);
    expect(Object.keys(read(file).programs)).toEqual(['web', 'large']);
  });
});

describe('the state file', () => {
  /** Writes three programs in different states, as a running engine leaves them, and returns the content. */
  function writeSome(path: string): string {
    const store = new StateStore(path, 'boot-1');
    store.load(START.wall);
    store.putSpec('a', spec({ id: 'a' }));
    store.putSpec('b', spec({ id: 'b' }));
    store.compact();
    store.putProgram('a', toRecord(program({ name: 'running', run: RUN })));
    store.putProgram('b', toRecord(program({ name: 'cooldown', until: at(9000) })));
    store.commit();
    store.close();
    return readFileSync(path, 'utf8');
  }

  test('does not prevent the engine from starting if it is damaged and the disk is full', () => {
    const path = join(disk.folder, 'state.ndjson');
    const text = writeSome(path);
    writeFileSync(path, `garbage\n${text}`);
    disk.fill();
    const { programs, problems } = new StateStore(path, 'boot-1').load(START.wall);
    expect([...programs.keys()]).toEqual(['a', 'b']);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe('cooldown_state.json', () => {
  const IN_COOLDOWN = program(
    { name: 'cooldown', until: at(120_000) },
    { counters: { ...NO_FAILURES, history: [{ at: START, cause: 'crash' }] } },
  );

  function commit(file: CooldownFile, id: string): string | null {
    file.load(START.wall);
    file.put(id, IN_COOLDOWN);
    return file.flush(1);
  }

  test('is written again after the disk was full, and the old file stays intact until then', () => {
    const path = join(disk.folder, 'cooldown_state.json');
    expect(commit(new CooldownFile(path), 'web')).toBeNull();
    const before = readFileSync(path, 'utf8');
    disk.fill();
    const file = new CooldownFile(path);
    expect(commit(file, 'other')).toContain('ENOSPC');
    expect(readFileSync(path, 'utf8')).toBe(before);
    disk.free();
    expect(file.flush(1)).toBeNull();
    expect(new CooldownFile(path).load(START.wall).entries.size).toBe(2);
  });
});
