import { closeSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { engineArguments, type EngineStartOptions } from '../../../src/config/instance/engine-arguments.ts';
import { openEngineLog } from '../../../src/config/instance/engine-log.ts';
import { spawnEngine } from '../../../src/config/instance/spawn-engine.ts';

const PLAIN: EngineStartOptions = { files: [], observes: false, watchedInstance: null, isStandalone: false };
const folder = mkdtempSync(join(tmpdir(), 'healer-spawn-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each<[string, Partial<EngineStartOptions>, string[]]>([
  ['nothing but the instance', {}, []],
  ['several files', { files: ['/a', '/b'] }, ['--file', '/a', '--file', '/b']],
  ['observe mode', { observes: true }, ['--observe']],
  ['the instance to watch', { watchedInstance: 'main' }, ['--partner', 'main']],
  ['no peer', { isStandalone: true }, ['--standalone']],
])('the arguments of an engine name %s', (_, options, expected) => {
  expect(engineArguments('test', { ...PLAIN, ...options })).toEqual(['--instance', 'test', ...expected]);
});

describe('a detached engine', () => {
  const script = join(folder, 'engine.mjs');
  writeFileSync(
    script,
    'process.stderr.write(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), mark: process.env.MARK }))',
  );

  test('gets its arguments, its environment and "/" for a missing working directory', async () => {
    const env = { ...process.env, MARK: 'yes' };
    const cwd = join(folder, 'missing');
    const engine = spawnEngine({ script, instance: 'test', options: PLAIN, env, cwd, output: 'stderr' });
    expect(engine.stderr).not.toBeNull();
    const printed = engine.stderr === null ? '' : await text(engine.stderr);
    expect(JSON.parse(printed)).toEqual({ args: ['--instance', 'test'], cwd: '/', mark: 'yes' });
  });

  test('appends what it prints to its log', async () => {
    const path = join(folder, 'state', 'engine.log');
    const places = { engineLog: path, runtimeDir: join(folder, 'run'), instance: 'test' };
    closeSync(openEngineLog(places).fd);
    writeFileSync(path, 'before\n');
    const log = openEngineLog(places);
    expect(log.size).toBe(7);
    const engine = spawnEngine({
      script,
      instance: 'test',
      options: PLAIN,
      env: process.env,
      cwd: folder,
      output: log.fd,
    });
    await new Promise((resolve) => engine.once('exit', resolve));
    closeSync(log.fd);
    expect(readFileSync(path, 'utf8')).toMatch(/^before\n\{"args":\["--instance","test"\],/);
  });
});
