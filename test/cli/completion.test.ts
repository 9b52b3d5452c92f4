import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programRow } from '../support/program-row.ts';
import { requireTool } from '../support/require-tool.ts';
import { CLI, type CliHome, createCliHome } from '../support/run-cli.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const execute = promisify(execFile);

let home: CliHome;
let env: Record<string, string>;
beforeAll(async () => {
  home = await createCliHome();
  await home.startEngine({ list: () => [programRow({ id: 'web' }), programRow({ id: 'worker' })] });
  const healer = join(home.folder, 'healer');
  writeFileSync(healer, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(healer, 0o755);
  writeFileSync(join(home.folder, 'my list.txt'), '');
  const PATH = `${home.folder}:${process.env['PATH'] ?? ''}`;
  env = { PATH, HOME: home.folder, HEALER_HOME: home.folder, LANG: 'C.UTF-8' };
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(join(home.folder, `completion.${shell}`), (await home.run(['completion', shell])).stdout);
  }
});
afterAll(() => home.remove());

/** Returns the completions of a line with the cursor at its end. */
async function inBash(line: string): Promise<string[]> {
  const words = line.split(' ');
  const script = `source completion.bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
compopt() { :; }
_healer; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execute('bash', ['--norc', '-c', script], { cwd: home.folder, env });
  return stdout.split('\n').filter((word) => word !== '');
}

async function inFish(line: string): Promise<string[]> {
  const script = `source completion.fish; complete -C '${line}'`;
  const { stdout } = await execute('fish', ['--no-config', '-c', script], { cwd: home.folder, env });
  return stdout
    .split('\n')
    .flatMap((entry) => entry.split('\t')[0] ?? [])
    .filter((word) => word !== '');
}

const CASES: readonly (readonly [line: string, wanted: readonly string[], unwanted: readonly string[]])[] = [
  ['healer de', ['describe'], ['down', 'web']],
  ['healer stop w', ['web', 'worker'], ['status']],
  ['healer stop web ', ['worker', 'all'], ['start']],
  ['healer logs --stre', ['--stream'], ['--timeout']],
  ['healer logs --stream ', ['stdout', 'stderr'], ['web']],
  ['healer events --process ', ['web', 'worker'], []],
  ['healer ls --color ', ['auto', 'always', 'never'], []],
  ['healer startup s', ['systemd'], []],
  ['healer cooldown r', ['reset'], []],
  ['healer stop --instance missing w', [], ['web']],
];

const SHELLS = [
  { shell: 'bash', complete: inBash },
  { shell: 'fish', complete: inFish },
];

describe.each(SHELLS)('$shell', ({ shell, complete }) => {
  beforeAll(() => {
    requireTool(shell);
  });

  test.each(CASES)('completes "%s"', async (line, wanted, unwanted) => {
    const offered = await complete(line);
    for (const word of wanted) expect(offered).toContain(word);
    for (const word of unwanted) expect(offered).not.toContain(word);
  });

  test('completes file names with spaces', async () => {
    expect((await complete('healer import my')).join()).toMatch(/my\\? list\.txt/);
  });
});

test('zsh completes commands, ids and values on a terminal', async () => {
  requireTool('zsh');
  const terminalEnv = { ...env, ZDOTDIR: home.folder };
  const zshrc = 'PS1="ready> "; autoload -Uz compinit; compinit -u -D; setopt no_auto_menu; source completion.zsh';
  writeFileSync(join(home.folder, '.zshrc'), `cd ${home.folder}; ${zshrc}\n`);
  await using terminal = new Terminal(['zsh', '-i'], { env: terminalEnv, columns: 120, rows: 30 });
  const shows = (text: string): Promise<boolean> =>
    waitFor(() => terminal.screen().includes(text), `the screen to show ${text}`, 20_000);
  await shows('ready>');
  terminal.key('healer desc\t');
  await shows('healer describe');
  terminal.key('we\t');
  await shows('healer describe web');
  terminal.key('\u0015', 'healer logs --stream stdo\t');
  await shows('healer logs --stream stdout');
});

test('prints one id per line, and nothing without an engine', async () => {
  expect(await home.run(['completion', '--ids'])).toMatchObject({ code: 0, stdout: 'web\nworker\n', stderr: '' });
  const alone = await home.run(['completion', '--ids', '--instance', 'missing']);
  expect(alone).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('an unknown shell is refused', async () => {
  expect(await home.run(['completion', 'tcsh'])).toMatchObject({ code: 2 });
});
