import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveBinary } from '../../../src/engine/os/resolve-binary.ts';
import { type HealerError, toHealerError } from '../../../src/protocol/errors.ts';

describe('the executable of a command', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-binary-'));
    mkdirSync(join(folder, 'first'));
    mkdirSync(join(folder, 'second'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function put(name: string, mode = 0o755): string {
    const path = join(folder, name);
    writeFileSync(path, '#!/bin/sh\n', { mode });
    return path;
  }

  test('is a path when it has a slash, relative to the folder of the program', () => {
    const path = put('first/tool');
    expect(resolveBinary(path, '/', '')).toBe(path);
    expect(resolveBinary('./tool', join(folder, 'first'), '')).toBe(path);
    expect(resolveBinary('first/tool', folder, join(folder, 'second'))).toBe(path);
  });

  test('is looked for in PATH, the first one wins', () => {
    put('second/tool');
    const first = put('first/tool');
    expect(resolveBinary('tool', '/', `${folder}/first:${folder}/second`)).toBe(first);
  });

  test('is what the configuration says, before PATH', () => {
    put('first/tool');
    const configured = put('second/other-tool');
    expect(resolveBinary('tool', '/', join(folder, 'first'), { tool: configured })).toBe(configured);
    expect(resolveBinary('./tool', join(folder, 'first'), '', { './tool': configured })).toBe(
      join(folder, 'first/tool'),
    );
  });

  test('is looked for in PATH when what the configuration says is gone, which is named among the places', () => {
    const first = put('first/tool');
    const binaries = { tool: join(folder, 'gone/tool') };
    expect(resolveBinary('tool', '/', join(folder, 'first'), binaries)).toBe(first);
    expect(refusal('tool', '/', join(folder, 'second'), binaries).message).toContain(binaries.tool);
  });

  test('passes over what cannot be executed', () => {
    put('first/tool', 0o644);
    const second = put('second/tool');
    expect(resolveBinary('tool', '/', `${folder}/first:${folder}/second`)).toBe(second);
  });

  test('is never a folder, and may be a link', () => {
    mkdirSync(join(folder, 'first/tool'));
    symlinkSync('/bin/sh', join(folder, 'second/tool'));
    expect(resolveBinary('tool', '/', `${folder}/first:${folder}/second`)).toBe(join(folder, 'second/tool'));
  });

  test('ignores relative places in PATH: they would depend on where the engine was started', () => {
    put('first/tool');
    expect(refusal('tool', folder, 'first:.:').code).toBe('SPAWN_FAILED');
  });

  test('is found in the usual places when PATH is empty', () => {
    expect(resolveBinary('env', '/', undefined)).toMatch(/\/bin\/env$/);
  });

  test('names every place that was tried', () => {
    const error = refusal('no-such-tool', '/', '/one:/two');
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'ENOENT', path: 'no-such-tool' } });
    for (const place of ['/one', '/two', '/usr/local/bin', '/usr/bin']) {
      expect(error.message).toContain(`${place}/no-such-tool`);
    }
  });

  test('says so when it is there but not executable', () => {
    const path = put('first/tool', 0o644);
    const error = refusal('tool', '/', join(folder, 'first'));
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'EACCES', path } });
    expect(error.message).toContain('chmod +x');
  });
});

function refusal(
  command: string,
  cwd: string,
  searchPath: string,
  binaries: Readonly<Record<string, string>> = {},
): HealerError {
  try {
    resolveBinary(command, cwd, searchPath, binaries);
  } catch (error) {
    return toHealerError(error);
  }
  throw new Error(`"${command}" was found`);
}
