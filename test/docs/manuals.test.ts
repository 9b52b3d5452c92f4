import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/cli/command-groups/command-table.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MANUALS = ['man/healer.1', 'man/healer.yaml.5'];
/** The formatters that may be installed, with what makes them report every problem. */
const CHECKS = [
  ['man', '--warnings', '-l'],
  ['mandoc', '-Tlint', '-Wwarning'],
] as const;

describe.each(MANUALS)('%s', (path) => {
  const text = readFileSync(`${ROOT}/${path}`, 'utf8');

  test('contains only requests of man(7), and no line that a formatter would take for another one', () => {
    const requests = text.split('\n').flatMap((line) => /^[.'](\S*)/.exec(line)?.[1] ?? []);
    expect([...new Set(requests)].sort()).toEqual(expect.arrayContaining(['B', 'SH', 'TH', 'TP']));
    for (const request of requests)
      expect(['\\"', 'TH', 'SH', 'TP', 'B', 'PP', 'RS', 'RE', 'nf', 'fi', 'br']).toContain(request);
    const depth = requests.filter((request) => request === 'RS').length;
    expect(requests.filter((request) => request === 'RE')).toHaveLength(depth);
  });

  test.each(CHECKS)('%s finds no problem, where it is installed', (program, ...args) => {
    const { error, stdout, stderr, status } = spawnSync(program, [...args, `${ROOT}/${path}`], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANPAGER: 'cat' },
    });
    // Without the program, the requests above are all that can be checked.
    if (error !== undefined || /minimized|not installed/.test(`${stdout}${stderr}`)) return;
    expect(stderr).toBe('');
    if (program === 'mandoc') expect(stdout).toBe('');
    else expect(stdout).toMatch(/NAME|HEALER/);
    expect(status).toBe(0);
  });

  test('is listed in the package', () => {
    expect(manifest.man).toContain(path);
  });
});

test('healer(1) describes every command', () => {
  const text = readFileSync(`${ROOT}/man/healer.1`, 'utf8').replaceAll('\\-', '-');
  for (const name of Object.keys(COMMANDS)) expect(text).toMatch(new RegExp(`^\\.B "${name}(?: |")`, 'm'));
});
