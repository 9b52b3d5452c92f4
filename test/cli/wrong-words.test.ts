import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeAll(async () => {
  home = await createCliHome();
  mkdirSync(join(home.folder, 'folder'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(home.folder, name), text);
});
afterAll(() => home.remove());

const FILES = {
  'bad.toml': '[daemons.web]\nrun = "x"\n',
  'throw.cjs': 'throw new Error("boom")',
  'compose.yaml': 'services: 5\n',
  'apps.json': '{"apps": "web"}',
  'cut.json': '{apps: [',
};

type Usage = readonly [args: string, sentence: RegExp, code?: number];

const OTHER_MANAGERS: readonly Usage[] = [
  ['exec web ls', /unknown command 'exec' — healer runs no commands within programs/],
  ['compose up', /unknown command 'compose' — "healer import docker-compose\.yml"/],
  ['list-timers', /"healer describe ID" shows the schedule of a program/],
  ['jobs', /"healer describe ID" shows the schedule of a program/],
  ['groups', /write a group as "@name" where a command takes ids/],
  ['list-sockets', /"healer describe ID" shows the sockets of a program/],
  ['unhold web', /"healer release ID" resumes healing/],
  ['rolling web', /"healer restart ID --rolling"/],
  ['list-units', /"healer ls" lists programs/],
  ['pm2 start web', /unknown command 'pm2' — leave out "pm2": healer start web/],
  ['supervisorctl restart web --rolling', /leave out "supervisorctl": healer restart web --rolling/],
  ['pm2 delete web', /leave out "pm2": "healer remove ID" stops a program and removes its definition/],
  ['kill -HUP web', /unknown option '-HUP' — "healer kill ID" sends SIGKILL/],
  ['kill -SIGUSR1 web', /unknown option '-SIGUSR1' — "healer kill ID" sends SIGKILL/],
  ['add web --pid-file= -- sleep 1', /--pid-file is empty — write a path/],
  ['add web --cwd= -- sleep 1', /--cwd is empty — write a path/],
  ['systemctl', /unknown command 'systemctl' — see "healer --help"/],
  ['help nothing', /unknown command 'nothing' — "healer --help" lists all commands/],
  ['help delete', /unknown command 'delete' — "healer remove ID"/],
  ['up -d', /leave it out: the engine runs in the background/],
  ['run -d nginx', /"healer run" waits for a job; "healer start ID" does not/],
  ['start --all', /unknown option '--all' — write all in place of an id/],
  ['ls -a', /leave it out: all programs are listed/],
  ['add web --port 80 -- node x', /set the port in the arguments or with --env PORT=8080/],
  ['add web --user www -- node x', /set "user" in healer\.yaml/],
  ['disable web --now', /enable also starts, and disable also stops/],
  ['kill -9 web', /"healer kill ID" sends SIGKILL/],
  ['-v', /write -V or --version for the version/],
  ['scale web=4', /missing required argument 'count' — write "healer scale web 4"/],
];

const MISPLACED: readonly Usage[] = [
  ['down --now', /unknown option '--now' — see "healer down --help"/],
  ['status --watch=1', /unknown option '--watch=1' — see "healer status --help"/],
  ['zombies clean', /did you mean "healer zombies --clean"\?/],
  ['watcher restart', /did you mean "healer watcher --restart"\?/],
  ['watcher --status --restart', /--status, --restart and --stop exclude each other/],
  ['ls --sort size', /unknown option '--sort' — sort the output of --json/],
  ['restart web --rollng', /unknown option '--rollng' \(Did you mean --rolling\?\)/],
  ['restart web --rolling=2', /unknown option '--rolling=2'/],
  ['wait web --for up', /Allowed choices are ready, healthy, stopped, exited/],
  ['wait web --for ready --timeout 5x', /Write a duration such as 10s/],
  ['run', /missing required argument 'id'/],
  ['run a b', /too many arguments for 'run'/],
  ['scale web +1', /"\+1" is not a number of instances — write a whole number from 0 to 1000, or max/],
  ['scale web maximum', /"maximum" is not a number of instances/],
  ['add web --instances most -- x', /Write a whole number from 0 to 1000, or max/],
  ['stop @', /a group is written as "@name"/],
  ['logs --level loud', /Allowed choices are trace, debug, info, warn, error, fatal/],
  ['logs --where level', /Write FIELD=VALUE/],
  ['logs --since 2026-13-40', /Write a time such as 10m \(ago\)/],
  ['hold web --for 0', /--for must be more than 0s/],
  ['down --keep -f x.yaml', /--keep and -f exclude each other/],
  ['up --replace', /--replace needs files to use instead/],
  ['startup systemd --system --user', /--user and --system exclude each other/],
  ['doctor web', /too many arguments for 'doctor'/],
];

const SETTINGS: readonly Usage[] = [
  ['config unset healing', /"healer config set healing" without a value restores a default/],
  ['config set zombieScanSeconds soon', /this is the text "soon", but has to be a whole number — for example 60/],
  ['config set zombieScanSeconds -1', /this cannot be the text "-1": it has to be at least 1/],
  ['config set api.host x', /"api" is set as a whole: healer config set api/],
  ['config set binaries.a/b /x', /binaries\.NAME takes the name of a command without a slash/],
  ['config set trusted-hosts localhost', /this is the text "localhost", but has to be a map/],
  ['config set trusted-hosts {"hosts":"x"}', /hosts is the text "x", but has to be a list/],
  ['config set standalone-mode {"enabled":"yes"}', /enabled is the text "yes", but has to be true or false/],
  ['config check folder', /it is a folder; name a file in it/],
];

const IMPORTS: readonly Usage[] = [
  ['import bad.toml', /is a pitchfork configuration, which cannot be imported: add its programs with/, 1],
  ['import throw.cjs', /cannot load "throw\.cjs": Error: boom/, 1],
  ['import compose.yaml', /contains no programs: it has to contain a map "services"/, 1],
  ['import apps.json', /contains no apps: it has to export a list "apps"/, 1],
  ['import cut.json', /cannot load "cut\.json": line 1, column 9/, 1],
  ['import apps.json more.json', /too many arguments for 'import'/],
];

describe('a wrong word is answered by one sentence with the next step', () => {
  const usages = [...OTHER_MANAGERS, ...MISPLACED, ...SETTINGS, ...IMPORTS];

  test.each(usages.map(([args, sentence, expected = 2]) => ({ args, sentence, expected })))(
    '$args',
    async ({ args, sentence, expected }) => {
      const { code, stdout, stderr } = await home.run(args.split(' '));
      expect(stderr).toMatch(sentence);
      expect(stderr).toMatch(/^healer: [^\n]+\n$/);
      expect(stderr).not.toMatch(/\n\s+at |\[object|undefined|Invalid input/);
      expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    },
  );
});

test('without a command, the most frequent commands are shown', async () => {
  const { code, stdout, stderr } = await home.run([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.split('\n').length).toBeLessThan(20);
  expect(stderr).toMatch(/healer up .*healer down .*All commands: healer --help/s);
});

test('without a command, --json prints only the error', async () => {
  const { stdout, stderr } = await home.run(['--json']);
  expect(JSON.parse(stdout)).toMatchObject({ error: { message: 'no command given' } });
  expect(stderr).toBe('healer: no command given\n');
});
