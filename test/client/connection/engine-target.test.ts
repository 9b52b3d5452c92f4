import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EngineTarget, localTarget } from '../../../src/client/connection/engine-target.ts';
import { remoteTarget } from '../../../src/client/remote/connect-remote.ts';
import { thrownBy } from '../../support/thrown-by.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-target-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const local = (socketPath: string): EngineTarget => localTarget({ socketPath, clientName: 'test', timeoutMs: 2000 });
const connect = (target: EngineTarget) => target.connect(new AbortController().signal);

describe('a target', () => {
  test.each<[string, EngineTarget, string, string]>([
    [
      'the default instance',
      local('/run/default.sock'),
      'the engine is not running; start it with "healer up"',
      'the engine closed the connection',
    ],
    [
      'another instance',
      local('/run/blue.sock'),
      'the engine is not running; start it with "healer up --instance blue"',
      'the engine closed the connection',
    ],
    [
      'a remote engine',
      remoteTarget({ url: 'http://h:1' }),
      'cannot reach an engine at http://h:1',
      'cannot reach an engine at http://h:1',
    ],
  ])('of %s has an error for calls without a connection, and for a lost one', (_what, target, absent, lost) => {
    expect(target.notConnected()).toMatchObject({ code: 'ENGINE_NOT_RUNNING', message: absent });
    expect(target.lost()).toMatchObject({ code: 'ENGINE_NOT_RUNNING', message: lost });
  });

  test('with an invalid URL is refused before any connection', () => {
    expect(thrownBy(() => remoteTarget({ url: 'a b' }))).toMatchObject({
      code: 'INVALID_CONFIG',
      message: '"a b" is not a URL; write it as http://127.0.0.1:19881',
    });
  });

  test.each<[string, string, string, RegExp]>([
    [
      'a missing socket',
      'x.sock',
      'ENGINE_NOT_RUNNING',
      /^the engine is not running; start it with "healer up --instance x"$/,
    ],
    ['a file instead of a socket', 'file', 'ENGINE_NOT_RUNNING', /^the engine is not running/],
    ['a path through a file', 'file/x.sock', 'IO_ERROR', /a part of this path is a file/],
  ])('with %s is not reachable', async (_what, name, code, message) => {
    writeFileSync(join(folder, 'file'), '');
    await expect(connect(local(join(folder, name)))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      data: { socketPath: join(folder, name) },
    });
  });
});
