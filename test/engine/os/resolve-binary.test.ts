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

  test('is a path if it contains a slash, relative to the working folder of the program', () => {
    const path = put('first/tool');
    expect(resolveBinary(path, '/', '')).toBe(path);
    expect(resolveBinary('./tool', join(folder, 'first'), '')).toBe(path);
    expect(resolveBinary('first/tool', folder, join(folder, 'second'))).toBe(path);
  });

  test('is searched in PATH, and the first match wins', () => {
    put('second/tool');
    const first = put('first/tool');
    expect(resolveBinary('tool', '/', `${folder}/first:${folder}/second`)).toBe(first);
  });

  test('is the configured path, before PATH', () => {
    put('first/tool');
    const configured = put('second/other-tool');
    expect(resolveBinary('tool', '/', join(folder, 'first'), { tool: configured })).toBe(configured);
    expect(resolveBinary('./tool', join(folder, 'first'), '', { './tool': configured })).toBe(
      join(folder, 'first/tool'),
    );
  });

  test('is searched in PATH if the configured path does not exist, and an error names both', () => {
    const first = put('first/tool');
    const binaries = { tool: join(folder, 'gone/tool') };
    expect(resolveBinary('tool', '/', join(folder, 'first'), binaries)).toBe(first);
    expect(refusal('tool', '/', join(folder, 'second'), binaries).message).toContain(binaries.tool);
  });

  test('is never a file without execute permission', () => {
    put('first/tool', 0o644);
    const second = put('second/tool');
    expect(resolveBinary('tool', '/', `${folder}/first:${folder}/second`)).toBe(second);
  });

  test('is never a folder, but may be a link', () => {
    mkdirSync(join(folder, 'first/tool'));
    symlinkSync('/bin/sh', join(folder, 'second/tool'));
    expect(resolveBinary('tool', '/', `${folder}/first:${folder}/second`)).toBe(join(folder, 'second/tool'));
  });

  test('is not searched in relative folders of PATH, which depend on where the engine was started', () => {
    put('first/tool');
    expect(refusal('tool', folder, 'first:.:').code).toBe('SPAWN_FAILED');
  });

  test('is found in the fallback folders if PATH is empty', () => {
    expect(resolveBinary('env', '/', undefined)).toMatch(/\/bin\/env$/);
  });

  test('that is not found is an error with all paths that were tried', () => {
    const error = refusal('no-such-tool', '/', '/one:/two');
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'ENOENT', path: 'no-such-tool' } });
    for (const place of ['/one', '/two', '/usr/local/bin', '/usr/bin']) {
      expect(error.message).toContain(`${place}/no-such-tool`);
    }
  });

  test('that is not executable is an error with a remedy', () => {
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
