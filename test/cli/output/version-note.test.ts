import { expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { describeRemoteVersion } from '../../../src/cli/output/version-note.ts';

const URL = 'https://box:19881';

test.each([
  ['99.0.0', 'here'],
  ['0.0.1', 'there'],
])('an engine of version %s on another machine is named, with where to install', (version, place) => {
  expect(describeRemoteVersion({ version }, URL)).toBe(
    `the engine at ${URL} runs healer ${version}, and this command is healer ${manifest.version}: install the newer version ${place}`,
  );
});

test('an engine of the same version on another machine is not mentioned', () => {
  expect(describeRemoteVersion({ version: manifest.version }, URL)).toBeNull();
});
