import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { HealerError } from '../../src/protocol/errors.ts';
import { METHODS, type MethodName } from '../../src/protocol/methods/methods.ts';
import type { FakeHandlers } from '../support/fake-engine.ts';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

/** Returns the handlers of an engine that refuses every request in the same way. */
function refusing(refusal: (method: MethodName) => HealerError): FakeHandlers {
  const methods = (Object.keys(METHODS) as MethodName[]).filter((method) => method !== 'hello');
  return Object.fromEntries(
    methods.map((method) => [
      method,
      () => {
        throw refusal(method);
      },
    ]),
  );
}

const COMMANDS = [
  ['ls'],
  ['status'],
  ['why', 'web'],
  ['logs', 'web'],
  ['logs', 'web', '--run', '-1'],
  ['logs', 'web', '-f'],
  ['events'],
  ['anomalies'],
  ['suggest'],
  ['zombies'],
  ['check', 'web'],
  ['cooldown'],
  ['start', 'web'],
  ['stop', 'web'],
  ['restart', 'web'],
  ['kill', 'web'],
  ['pause', 'web'],
  ['reload', 'web'],
  ['disable', 'web'],
  ['hold', 'web'],
  ['describe', 'web'],
  ['update', 'web', '--memory', '100'],
  ['reload-config'],
  ['config', 'get'],
  ['track', '1'],
  ['down'],
];

describe('an engine of another version is named with its version and the next step', () => {
  test.each(COMMANDS.map((args) => ({ args })))('$args', async ({ args }) => {
    const unknown = refusing((method) => new HealerError('INTERNAL', `unknown method "${method}"`));
    await home.startEngine(unknown, { version: '0.0.0-fake' });
    const { code, stdout, stderr } = await home.run(args);
    expect(stderr).toMatch(/the engine \(healer 0\.0\.0-fake, pid \d+\) does not know the request "\w+"/);
    expect(stderr).toContain(`of healer ${manifest.version} — run "healer upgrade": the engine gets this version`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  test('if it does not know a field', async () => {
    const message = 'invalid parameters for "stop": Unrecognized key: "batch"';
    await home.startEngine(
      refusing(() => new HealerError('INVALID_CONFIG', message)),
      { version: '0.0.0-fake' },
    );
    const { code, stderr } = await home.run(['stop', 'web']);
    expect(stderr).toContain('does not know "batch" in the request "stop"');
    expect(code).toBe(1);
  });
});
