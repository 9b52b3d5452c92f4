import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ParsedSources } from '../../../src/config/sources/parsed-sources.ts';
import { readSourceFiles, readSources } from '../../../src/config/sources/read-sources.ts';

describe('files that are read again', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-parsed-'));
    file = join(folder, 'healer.yaml');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('are not parsed again while their content is the same', async () => {
    const parsed = new ParsedSources();
    writeFileSync(file, 'processes: { web: { command: sleep } }\n');
    const [first] = await readSourceFiles([file], {}, parsed);
    writeFileSync(file, 'processes: { web: { command: sleep } }\n');
    const [second] = await readSourceFiles([file], {}, parsed);
    expect(second).toBe(first);
  });

  test('are parsed again after an edit of the same length and time', async () => {
    const parsed = new ParsedSources();
    writeFileSync(file, 'processes: { web: { command: sleep } }\n');
    await readSourceFiles([file], {}, parsed);
    writeFileSync(file, 'processes: { api: { command: sleep } }\n');
    const [second] = await readSourceFiles([file], {}, parsed);
    expect(second?.definitions.map(({ id }) => id)).toEqual(['api']);
  });

  test('are parsed again after an attempt that failed', async () => {
    const parsed = new ParsedSources();
    const content = Buffer.from('processes: {}\n');
    await expect(parsed.read(file, content, () => Promise.reject(new Error('EMFILE')))).rejects.toThrow('EMFILE');
    const reading = { file, definitions: [] } as never;
    await expect(parsed.read(file, content, () => Promise.resolve(reading))).resolves.toMatchObject(reading);
  });

  test('are forgotten once they are no sources any more', async () => {
    const parsed = new ParsedSources();
    writeFileSync(file, 'processes: {}\n');
    const [first] = await readSourceFiles([file], {}, parsed);
    await readSources({ files: [], registryFile: join(folder, 'registry.yaml') }, {}, parsed);
    const [second] = await readSourceFiles([file], {}, parsed);
    expect(second).not.toBe(first);
  });
});
