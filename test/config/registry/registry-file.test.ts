import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_REGISTRY, type Registry } from '../../../src/config/registry/registry-content.ts';
import { applyEdit } from '../../../src/config/registry/registry-edits.ts';
import { editRegistry, readRegistryFile, rescueRegistry } from '../../../src/config/registry/registry-file.ts';
import { bundleProgram, type BundledProgram } from '../../support/bundled-program.ts';
import { waitFor } from '../../support/wait-for.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-registry-'));
  path = join(folder, 'config', 'registry.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(file = path): Registry {
  const found = readRegistryFile(file);
  if (found.kind !== 'read') throw new Error(found.problem);
  return found.registry;
}

async function add(id: string, file = path, fields: Record<string, unknown> = {}): Promise<Registry> {
  const { after } = await editRegistry(file, (registry) =>
    applyEdit(registry, { kind: 'add', id, fields: { command: 'true', ...fields } }, new Map()),
  );
  return after;
}

describe('the registry', () => {
  test('stores added programs in a private file, and leaves no draft', async () => {
    await add('web');
    await add('constructor');
    expect(Object.keys(read().programs)).toEqual(['web', 'constructor']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'config')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'config')).sort()).toEqual(['registry.json', 'registry.json.lock']);
  });

  test('is not changed by an edit that is refused', async () => {
    await add('web');
    const before = readFileSync(path, 'utf8');
    await expect(add('web')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(add('a b')).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('preserves fields that a newer healer added to the same format', async () => {
    await add('web');
    writeFileSync(path, JSON.stringify({ ...read(), extra: { a: 1 } }));
    await add('worker');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      extra: { a: 1 },
      programs: { web: {}, worker: {} },
    });
  });

  test('behind a symbolic link is replaced without replacing the link', async () => {
    await add('web');
    const link = join(folder, 'link.json');
    symlinkSync(path, link);
    await add('worker', link);
    expect(Object.keys(read().programs)).toEqual(['web', 'worker']);
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(path, 'utf8'));
  });

  test.each([
    ['truncated', '{"version":1,"prog'],
    ['empty', ''],
    ['not a registry', '[1, 2]'],
  ])('that is %s is not edited, and is moved away when an engine starts', async (_what, text) => {
    await add('web');
    writeFileSync(path, text);
    await expect(add('worker')).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    expect(readFileSync(path, 'utf8')).toBe(text);
    const { ino } = statSync(path);
    const message = await rescueRegistry(path, 0);
    const aside = `${path}.corrupt-1970-01-01T00-00-00.000Z`;
    expect(message).toMatch(/^the registry ".*registry\.json" is damaged \(not .*\); it was moved to "/s);
    expect(message).toContain(`it was moved to "${aside}"`);
    expect(readFileSync(aside, 'utf8')).toBe(text);
    expect(statSync(aside).ino).toBe(ino);
    expect(existsSync(path)).toBe(false);
    expect(read()).toEqual(EMPTY_REGISTRY);
  });

  test('of a newer format is neither edited nor moved away', async () => {
    await add('web');
    writeFileSync(path, JSON.stringify({ version: 2, everything: 'else' }));
    await expect(add('worker')).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    expect(await rescueRegistry(path, 0)).toBeNull();
    expect(existsSync(path)).toBe(true);
  });

  test('that is intact is not moved away', async () => {
    await add('web');
    expect(await rescueRegistry(path, 0)).toBeNull();
    expect(Object.keys(read().programs)).toEqual(['web']);
  });
});

describe.each(['native', 'plain'])('with several processes that write concurrently, %s locks', (kind) => {
  let editor: BundledProgram;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    editor = await bundleProgram('edit-registry.ts');
  });
  afterAll(() => editor[Symbol.asyncDispose]());
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function startEditor(prefix: string, count: number): { child: ChildProcess; kept: string[] } {
    const env = { ...process.env, ...editor.env, ...(kind === 'plain' ? { HEALER_NO_NATIVE: '1' } : {}) };
    const child = spawn(process.execPath, [editor.path, path, prefix, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    const kept: string[] = [];
    createInterface(child.stdout).on('line', (line) => kept.push(line));
    children.push(child);
    return { child, kept };
  }

  test('no edit is lost', async () => {
    const editors = Array.from({ length: 4 }, (_, index) => startEditor(`p${String(index)}`, 5));
    const codes = await Promise.all(editors.map(async ({ child }) => ((await once(child, 'exit')) as [number])[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(Object.keys(read().programs)).toHaveLength(20);
  });

  test('kill -9 during a write loses no acknowledged edit', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round++) {
      const { child, kept } = startEditor(`r${String(round)}`, 1000);
      // The kill hits a different moment of the write each time.
      await waitFor(() => kept.length >= 1 + round, 'acknowledged edits');
      child.kill('SIGKILL');
      await once(child, 'close');
      acknowledged.push(...kept);
      const ids = Object.keys(read().programs);
      expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    }
    await add('last');
    expect(readdirSync(join(folder, 'config')).filter((name) => name.includes('draft'))).toEqual([]);
  });
});
