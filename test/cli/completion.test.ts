import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeRow } from '../../src/fleet/contract/row.ts';
import { hostSubject } from '../../src/fleet/contract/subjects.ts';
import { type BareBus, startBareBus, writeBareCredential } from '../support/bare-bus.ts';
import { fleetRow } from '../support/fleet-rows.ts';
import { programRow } from '../support/program-row.ts';
import { requireTool } from '../support/require-tool.ts';
import { CLI, type CliHome, createCliHome } from '../support/run-cli.ts';
import { KEYS, Terminal } from '../support/terminal.ts';

const PROGRAMS = [
  programRow({ id: 'web', groups: ['site', 'staging'] }),
  programRow({ id: 'worker-0' }),
  programRow({ id: 'worker-1' }),
  programRow({ id: 'getty@tty1', groups: ['site'] }),
  programRow({ id: 'getty@tty2' }),
  programRow({ id: 'db-01', source: '/srv/list.txt:1' }),
  programRow({ id: 'db-02', source: '/srv/list.txt:2' }),
  programRow({ id: 'cache-0', source: '/srv/list.txt:3' }),
  programRow({ id: 'cache-1', source: '/srv/list.txt:4' }),
];

let bus: BareBus;
let home: CliHome;
let env: Record<string, string>;
beforeAll(async () => {
  bus = await startBareBus();
  home = await createCliHome();
  writeBareCredential(home.paths.configDir, bus.port);
  const nats = await bus.connect();
  for (const host of ['db-01', 'web-01']) {
    const row = fleetRow({ host });
    nats.publish(hostSubject(row.site, host, 'row'), writeRow(row));
  }
  await nats.flush();
  await home.startEngine({ list: () => PROGRAMS });
  for (const instance of ['blue', 'default', '.code'])
    mkdirSync(join(dirname(home.paths.stateDir), instance), { recursive: true });
  const healer = join(home.folder, 'healer');
  writeFileSync(healer, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(healer, 0o755);
  writeFileSync(join(home.folder, 'my list.txt'), '');
  const PATH = `${home.folder}:${process.env['PATH'] ?? ''}`;
  env = {
    PATH,
    HOME: home.folder,
    HEALER_HOME: home.folder,
    ZDOTDIR: home.folder,
    LANG: 'C.UTF-8',
    INPUTRC: '/dev/null',
  };
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(join(home.folder, `completion.${shell}`), (await home.run(['completion', shell])).stdout);
  }
});
afterAll(async () => {
  await home.remove();
  await bus[Symbol.asyncDispose]();
});

/** What starts each shell with the prompt `ready>`, and without questions about long lists. */
const SHELLS = {
  bash: () => {
    writeFileSync(
      join(home.folder, 'rc.bash'),
      `cd ${home.folder}; PS1='ready> '; bind 'set completion-query-items 0'; bind 'set page-completions off'
bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; bind 'set show-all-if-ambiguous on'
source completion.bash\n`,
    );
    return ['bash', '--noprofile', '--rcfile', join(home.folder, 'rc.bash'), '-i'];
  },
  zsh: () => {
    writeFileSync(
      join(home.folder, '.zshrc'),
      `cd ${home.folder}; PS1='ready> '; PROMPT_SP=''; autoload -Uz compinit; compinit -u -D
setopt no_auto_menu no_beep; LISTMAX=1000; source completion.zsh\n`,
    );
    return ['zsh', '-i'];
  },
  fish: () => [
    ...['fish', '--no-config', '--private', '-i', '-C'],
    `cd ${home.folder}; source completion.fish; function fish_prompt; echo -n 'ready> '; end; set fish_greeting; set -g fish_autosuggestion_enabled 0`,
  ],
};

/** A line, and what it is after Tab was pressed. */
const UNIQUE: readonly (readonly [line: string, completed: string])[] = [
  ['healer desc', 'healer describe'],
  ['healer describe we', 'healer describe web'],
  ['healer stop getty@tty1 getty@', 'healer stop getty@tty1 getty@tty2'],
  ['healer stop @sit', 'healer stop @site'],
  ['healer stop web @st', 'healer stop web @staging'],
  ['healer stop worker-0 worker-', 'healer stop worker-0 worker-1'],
  // These are programs of their own, so there is no word for all of them.
  ['healer stop db-01 d', 'healer stop db-01 db-02'],
  ['healer restart cache-0 cac', 'healer restart cache-0 cache-1'],
  ['healer signal web HU', 'healer signal web HUP'],
  ['healer signal getty@tty2 WI', 'healer signal getty@tty2 WINCH'],
  ['healer logs --since', 'healer logs --since'],
  ['healer cooldown r', 'healer cooldown reset'],
  ['healer logs --stream stdo', 'healer logs --stream stdout'],
  ['healer logs --stream=stde', 'healer logs --stream=stderr'],
  ['healer events --process=getty@tty2', 'healer events --process=getty@tty2'],
  ['healer ls --inst', 'healer ls --instance'],
  ['healer --instance bl', 'healer --instance blue'],
  ['healer --instance=bl', 'healer --instance=blue'],
  ['healer --host fleet:w', 'healer --host fleet:web-01'],
  ['healer ls --host=fleet:d', 'healer ls --host=fleet:db-01'],
  ['healer config se', 'healer config set'],
  ['healer config get zombieS', 'healer config get zombieScanSeconds'],
  ['healer update web --set limits.mem', 'healer update web --set limits.memoryMb='],
  ['healer update web --set=limits.mem', 'healer update web --set=limits.memoryMb='],
  ['healer fleet resta', 'healer fleet restart'],
  ['healer startup sy', 'healer startup systemd'],
];

/** A line that can be continued in several ways, and some of them. */
const AMBIGUOUS: readonly (readonly [line: string, wanted: readonly string[], unwanted: readonly string[]])[] = [
  ['healer signal web ', ['TERM', 'USR2', 'CONT'], ['zombies']],
  ['healer signal w', ['web', 'worker-0', 'worker-1'], ['@site']],
  ['healer restart ', ['web', 'worker-0', 'worker', '@site', 'all'], ['zombies']],
  ['healer restart worker-0 ', ['web', 'worker-1', 'all'], ['zombies']],
  ['healer fleet restart --', ['--selector', '--yes'], ['--role']],
  ['healer --host=fleet:', ['db-01', 'web-01'], []],
];

describe.each(Object.entries(SHELLS))('%s', (shell, commandOf) => {
  let terminal: Terminal;
  beforeAll(async () => {
    requireTool(shell);
    terminal = new Terminal(commandOf(), { env, columns: 160, rows: 40 });
    await terminal.waitFor('ready>');
  });
  afterAll(() => terminal[Symbol.asyncDispose]());

  /** Types a line on an empty screen and presses Tab. Returns what the screen shows once it fits. */
  async function complete(line: string, fits: (screen: string) => boolean): Promise<string> {
    terminal.key('\u0005\u0015', KEYS.ctrlL);
    await terminal.waitFor((screen) => /^ready> *$/.test(screen.trimEnd()));
    terminal.key(line);
    await terminal.waitFor(`ready> ${line.trimEnd()}`);
    terminal.key(KEYS.tab);
    return terminal.waitFor(fits);
  }

  test.each(UNIQUE)('completes "%s"', async (line, completed) => {
    const screen = await complete(line, (text) => text.includes(`ready> ${completed}`));
    expect(
      screen
        .split('\n')
        .find((text) => text.startsWith('ready> '))
        ?.trimEnd(),
    ).toBe(`ready> ${completed}`);
  });

  test.each(AMBIGUOUS)('lists what continues "%s"', async (line, wanted, unwanted) => {
    const screen = await complete(line, (text) => wanted.every((word) => text.includes(word)));
    for (const word of unwanted) expect(screen).not.toContain(word);
  });

  test('completes file names with spaces, also after an equals sign', async () => {
    await complete('healer import my', (screen) => /my\\ list\.txt|'my list\.txt'/.test(screen));
    await complete('healer up --file=my', (screen) => /--file='?my\\? list\.txt/.test(screen));
  });

  test('completes a quoted word', async () => {
    await complete("healer stop 'getty@tty1' 'we", (screen) => screen.includes("'we") && screen.includes('web'));
  });
});

test('a line with a pipe, and one with a variable before the command, are completed in bash', async () => {
  requireTool('bash');
  await using terminal = new Terminal(SHELLS.bash(), { env, columns: 160, rows: 40 });
  await terminal.waitFor('ready>');
  terminal.key('echo x | healer stop getty@tty1 @si\t');
  await terminal.waitFor('healer stop getty@tty1 @site');
  terminal.key('\u0015A=b healer stop @si\t');
  await terminal.waitFor('A=b healer stop @site');
});

test('without word breaks at "@", ":" and "=", bash completes the same', async () => {
  requireTool('bash');
  await using terminal = new Terminal(SHELLS.bash(), { env, columns: 160, rows: 40 });
  await terminal.waitFor('ready>');
  terminal.key("COMP_WORDBREAKS=$' \\t\\n'\r");
  terminal.key('healer ls --host=fleet:d\t');
  await terminal.waitFor('healer ls --host=fleet:db-01');
  terminal.key('\u0015healer stop @si\t');
  await terminal.waitFor('healer stop @site');
});

test('prints one id per line, and nothing without an engine', async () => {
  const ids = PROGRAMS.map(({ id }) => `${id}\n`).join('');
  expect(await home.run(['completion', '--ids'])).toMatchObject({ code: 0, stdout: ids, stderr: '' });
  const alone = await home.run(['completion', '--ids', '--instance', 'missing']);
  expect(alone).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('prints no errors while it completes', async () => {
  const words = (...line: string[]): Promise<unknown> => home.run(['completion', '--words', '--', ...line]);
  const nothing = { code: 0, stdout: 'words\t\nall\t\n', stderr: '' };
  expect(await words('--instance', 'not/valid', 'scale', '')).toMatchObject(nothing);
  expect(await words('--token-file', 'missing', 'scale', '')).toMatchObject(nothing);
  expect(await words('--instance', 'missing', 'scale', '')).toMatchObject(nothing);
  expect(await words('--host', 'http://127.0.0.1:1', 'scale', '')).toMatchObject(nothing);
  expect(await words()).toMatchObject({ code: 0, stderr: '' });
});

test('an unknown shell is refused', async () => {
  expect(await home.run(['completion', 'tcsh'])).toMatchObject({ code: 2 });
  expect(await home.run(['completion', 'bash', 'zsh'])).toMatchObject({ code: 2 });
});
