import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Recording } from '../../src/cli/definitions/recording.ts';
import { processSpecSchema } from '../../src/protocol/process-spec.ts';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeAll(async () => {
  home = await createCliHome();
  mkdirSync(join(home.folder, 'folder'));
  for (const [name, text] of Object.entries({ file: 'x', empty: '', two: 'one two', Procfile: 'web: sleep 5\n' }))
    writeFileSync(join(home.folder, name), text);
  await home.startEngine();
});
afterAll(() => home.remove());

/** The names of failed system calls and their codes, which explain nothing to a user. */
const RAW = /E[A-Z]{4,}\b|undefined|syscall|\bopen '/;
const EXAMPLE = processSpecSchema.parse({ id: 'web', command: 'sleep' });
const NO_ENGINE = '--host http://127.0.0.1:1';

async function failureOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stderr } = await home.run(args, { env });
  expect({ args, code, raw: RAW.exec(stderr)?.[0] }).toEqual({ args, code: expect.toBeOneOf([1, 2]), raw: undefined });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return stderr;
}

describe.for([
  `ls ${NO_ENGINE} --token-file`,
  'up -f',
  'config check',
  'import',
  'detect',
  'fleet join --file',
  'fleet invite --file',
])('"healer %s FILE" explains in plain words', (command) => {
  const words = command.split(' ');
  test.for([
    ['missing', /"[^"]*missing".*check the path/],
    ['file/below', /"[^"]*file\/below".*check the path/],
    ['folder', /"[^"]*folder".* folder|not a regular file/],
  ] as const)('why %s cannot be read', async ([file, sentence]) => {
    expect(await failureOf([...words, file])).toMatch(sentence);
  });
});

describe.for([
  ['import Procfile -o', 'missing/out.yaml', /cannot write ".*": its folder ".*missing" does not exist — create it/],
  ['import Procfile -o', '/proc/out.yaml', /cannot write ".*": nothing can be created in "\/proc" — use another path/],
  ['import Procfile --force -o', 'folder', /cannot write ".*folder": it is a folder — name a file in it/],
  ['import Procfile -o', 'file/out.yaml', /cannot write ".*": a part of the path is not a folder — check the path/],
  ['record web', '', /the folder of the recording is empty — name one/],
] as const)('"healer %s %s" explains in plain words', ([command, path, sentence]) => {
  test('why it cannot be written', async () => {
    expect(await failureOf([...command.split(' '), path])).toMatch(sentence);
  });
});

test.for([
  ['file', 'it exists already and is not a folder — use another name'],
  ['file/below', 'a part of the path is not a folder — check the path'],
  // The recursive mkdir of Node never returns there.
  ['/proc/out', 'nothing can be created in "/proc" — use another path'],
] as const)('a recording explains why it cannot be written to %s', ([path, problem]) => {
  const folder = resolve(home.folder, path);
  const facts = { id: 'web', since: '', limits: EXAMPLE.limits, anomaly: EXAMPLE.anomaly, expect: null };
  expect(() => new Recording(folder, facts)).toThrow(`cannot write the recording to "${folder}": ${problem}`);
});

test('a token file has to contain a token, and a file of certificates something', async () => {
  const list = (file: string): readonly string[] => [...`ls ${NO_ENGINE} --token-file`.split(' '), file];
  expect(await failureOf(list('empty'))).toMatch(/"empty" \(--token-file\) is empty — check the path/);
  expect(await failureOf(list('two'))).toMatch(/"two" \(--token-file\) is not a token/);
  const withCertificates = ['ls', '--host', 'https://127.0.0.1:1'];
  for (const [file, problem] of [
    ['missing', 'cannot read "missing" (HEALER_CA_FILE): file not found — check the path'],
    ['empty', '"empty" (HEALER_CA_FILE) is empty — check the path'],
  ] as const)
    expect(await failureOf(withCertificates, { HEALER_CA_FILE: file })).toContain(problem);
});
