import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeCompiled } from '../../src/base/keep-compiled.ts';
import { loadStartCode, ownStartCode, type StartCode } from '../../src/base/start-code.ts';
import { resolvePaths } from '../../src/config/instance/paths.ts';

const CODE = `(function (exports, require, url, importBeside) {
  exports.answer = () => "first";
  exports.url = url;
  exports.later = () => importBeside("./later.js");
})
`;
const START_MODULE = fileURLToPath(new URL('../../dist/start-code.cjs', import.meta.url));

let folder: string;
let code: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-start-code-'));
  mkdirSync(join(folder, 'dist'));
  code = join(folder, 'dist', 'engine-main.js');
  writeFileSync(code, CODE);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Loads the code as an engine with its own home does. */
function load(env: NodeJS.ProcessEnv = { HEALER_HOME: join(folder, 'home') }): StartCode & { answer: string } {
  const { answer } = loadStartCode(pathToFileURL(code).href, env) as { answer: () => string };
  const loaded = ownStartCode();
  if (loaded === undefined) throw new Error('the code was not loaded');
  return { ...loaded, answer: answer() };
}

/** Loads the code and keeps its compiled form. Returns the path of the file. */
function keep(): string {
  const loaded = load();
  if (loaded.ownFile === null) throw new Error('no place for the compiled form');
  writeCompiled(loaded, loaded.ownFile);
  return loaded.ownFile;
}

describe('the code that a process starts with', () => {
  test('is evaluated with the URL of its file, compiled or not', () => {
    const url = pathToFileURL(code).href;
    expect(loadStartCode(url, {})).toMatchObject({ url });
    keep();
    expect(loadStartCode(url, { HEALER_HOME: join(folder, 'home') })).toMatchObject({ url });
  });

  test('is compiled once: the next start uses the compiled form in the state folder', () => {
    const file = keep();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(load()).toMatchObject({ isCompiled: true, answer: 'first' });
  });

  test('keeps its compiled form beside the folders of the instances', () => {
    for (const env of [
      { HEALER_HOME: join(folder, 'home') },
      { HOME: folder, XDG_STATE_HOME: join(folder, 'xdg') },
      { HOME: folder },
    ]) {
      const { ownFile } = load(env);
      expect(dirname(ownFile ?? '')).toBe(join(dirname(resolvePaths(env).stateDir), '.code'));
    }
  });

  test('is compiled again after it has changed, even if it is as long as before', () => {
    keep();
    writeFileSync(code, CODE.replace('first', 'other'));
    expect(load()).toMatchObject({ isCompiled: false, answer: 'other' });
    keep();
    expect(load()).toMatchObject({ isCompiled: true, answer: 'other' });
  });

  test.each([
    ['is empty', (file: string) => writeFileSync(file, '')],
    ['is cut', (file: string) => truncateSync(file, statSync(file).size - 1)],
    ['has another byte', (file: string) => flip(file)],
    [
      'is a folder',
      (file: string) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ])('is compiled silently if the file with the compiled form %s', (_, damage) => {
    damage(keep());
    expect(load()).toMatchObject({ isCompiled: false, answer: 'first' });
  });

  test.each([
    ['the file', (file: string) => chmodSync(file, 0o666)],
    ['its folder', (file: string) => chmodSync(dirname(file), 0o777)],
    ['a folder above it', (file: string) => chmodSync(dirname(dirname(dirname(file))), 0o777)],
  ])('never uses a compiled form if other users can write to %s', (_, open) => {
    open(keep());
    expect(load()).toMatchObject({ isCompiled: false, answer: 'first' });
  });

  test('is not kept in a folder that other users can write to', () => {
    const file = keep();
    rmSync(file);
    chmodSync(dirname(file), 0o777);
    keep();
    expect(existsSync(file)).toBe(false);
  });

  test('starts where nothing can be written, and without any home', () => {
    writeFileSync(join(folder, 'home'), 'a file in the place of the folder');
    keep();
    expect(load()).toMatchObject({ isCompiled: false, answer: 'first' });
    expect(load({})).toMatchObject({ isCompiled: false, ownFile: null, answer: 'first' });
  });

  test('uses the compiled form that a build has put beside it', () => {
    const name = basename(keep()).replace(/^engine-/, '');
    rmSync(join(folder, 'home'), { recursive: true });
    expect(load()).toMatchObject({ isCompiled: false });
    keep();
    renameSync(join(folder, 'home/state/.code', `engine-${name}`), `${code}.${name}`);
    expect(load({})).toMatchObject({ isCompiled: true, answer: 'first' });
  });

  test('imports later code from its own folder', async () => {
    writeFileSync(join(folder, 'dist', 'later.js'), 'exports.later = "loaded";');
    writeFileSync(join(folder, 'dist', 'package.json'), '{}');
    const { later } = loadStartCode(pathToFileURL(code).href, {}) as { later: () => Promise<object> };
    expect(await later()).toMatchObject({ later: 'loaded' });
  });

  test('has a compiled form of its own for other options of Node', () => {
    const file = keep();
    const script = `const { loadStartCode, ownStartCode } = require(${JSON.stringify(START_MODULE)});
      loadStartCode(${JSON.stringify(pathToFileURL(code).href)});
      const { isCompiled, ownFile } = ownStartCode();
      console.log(JSON.stringify({ isCompiled, ownFile }));`;
    const env = { HEALER_HOME: join(folder, 'home') };
    const args = ['--max-lazy', '-e', script];
    const other = JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' })) as Partial<StartCode>;
    expect(other.isCompiled).toBe(false);
    expect(other.ownFile).not.toBe(file);
    expect(dirname(other.ownFile ?? '')).toBe(dirname(file));
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 10) ^ 0xff, bytes.length - 10);
  writeFileSync(file, bytes);
}
