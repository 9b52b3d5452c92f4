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
afterAll(async () => {
  await home.run(['down']);
  await home.remove();
});

const one = (fields: string): string => `processes: {web: {command: sleep, ${fields}}}\n`;

const FILES = {
  'broken.yaml': 'processes: [',
  'empty.yaml': '',
  'binary.yaml': '\0\x01',
  'text.yaml': 'hello',
  'list.yaml': 'processes: [1]',
  'command.yaml': 'processes: {web: {command: ""}}',
  'none.yaml': 'processes: {web: {args: [a]}}',
  'id.yaml': 'processes: {"a b": {command: x}}',
  'unknown.yaml': one('colour: red'),
  'pm2.yaml': one('max_memory_restart: 1G'),
  'signal.yaml': one('stop: {signal: SIGFOO}'),
  'signal2.yaml': one('reload: {signal: hangup}'),
  'duration.yaml': one('stop: {gracefulTimeoutMs: 5x}'),
  'unit.yaml': one('limits: {memoryMb: 5 parsecs}'),
  'negative.yaml': one('limits: {memoryMb: -5}'),
  'policy.yaml': one('restart: {policy: sometimes}'),
  'env.yaml': one('env: {"A=B": x}'),
  'type.yaml': one('autostart: perhaps'),
  'args.yaml': one('args: {a: b}'),
  'twice.yaml': 'processes:\n  web: {command: sleep}\n  web: {command: sleep}\n',
  'pid-file.yaml': one('pidFile: /run/web.pid'),
  'ecosystem.config.js': 'module.exports = { apps: [] };',
  'server.js': 'setInterval(() => {}, 1000);',
  Procfile: 'web: node server.js',
  'supervisord.conf': '[program:web]\ncommand=sleep 5',
  'web.service': '[Service]\nExecStart=/bin/sleep 5',
  'docker-compose.yml': 'services:\n  web:\n    image: nginx\n',
};

type Usage = readonly [args: string, sentence: RegExp, code?: number];

const FILES_OF_UP: readonly Usage[] = [
  ['up -f nothing.yaml', /cannot read ".*nothing\.yaml" — check the path/],
  ['up -f folder', /"[^"]*folder": it is a folder; name a file in it/],
  ['up -f broken.yaml', /broken\.yaml:\d+:\d+: invalid YAML/],
  ['up -f empty.yaml', /empty\.yaml:1:1: the file is empty/],
  ['up -f binary.yaml', /binary\.yaml:1:1: this is not a text file/],
  ['up -f text.yaml', /text\.yaml:1:1/],
  ['up -f list.yaml', /list\.yaml:1:13: this is a single value, but has to be a map/],
  ['up -f command.yaml', /command\.yaml:1:\d+: command cannot be the text "": it is empty/],
  ['up -f none.yaml', /none\.yaml:1:\d+: command is missing/],
  ['up -f id.yaml', /id\.yaml:1:13: "a b" is not a valid id/],
  ['up -f unknown.yaml', /unknown\.yaml:1:\d+: unknown field "colour"/],
  ['up -f pm2.yaml', /pm2\.yaml:1:\d+: unknown field "max_memory_restart".*memoryMb/],
  ['up -f signal.yaml', /signal\.yaml:1:\d+: stop\.signal cannot be the text "SIGFOO": no signal has this name/],
  ['up -f signal2.yaml', /signal2\.yaml:1:\d+: reload\.signal cannot be the text "hangup"/],
  ['up -f duration.yaml', /duration\.yaml:1:\d+: stop\.gracefulTimeoutMs cannot be the text "5x"/],
  ['up -f unit.yaml', /unit\.yaml:1:\d+: limits\.memoryMb .*"5 parsecs"/],
  ['up -f negative.yaml', /negative\.yaml:1:\d+: limits\.memoryMb cannot be -5: it has to be above 0/],
  ['up -f policy.yaml', /policy\.yaml:1:\d+: restart\.policy is the text "sometimes"/],
  ['up -f env.yaml', /env\.yaml:1:\d+: "env\.A=B" is not allowed here/],
  ['up -f type.yaml', /type\.yaml:1:\d+: autostart is the text "perhaps", but has to be/],
  ['up -f args.yaml', /args\.yaml:1:\d+: args/],
  ['up -f twice.yaml', /twice\.yaml:3:3: duplicate key "web", first used in line 2/],
  ['up -f pid-file.yaml', /pid-file\.yaml:1:\d+: .*pidFile.*type: forking/],
  ['up -f ecosystem.config.js', /it is a PM2 file — convert it with "healer import ecosystem\.config\.js"/],
  ['up -f server.js', /it is a script, not a healer\.yaml or a process list/],
  ['up -f Procfile', /it is a Procfile — convert it with "healer import Procfile"/],
  ['up -f supervisord.conf', /it is a supervisord configuration — convert it/],
  ['up -f web.service', /it is a systemd unit — convert it with "healer import web\.service"/],
  ['up -f docker-compose.yml', /unknown field "services" .*"healer import" converts files/],
  ['config check Procfile', /it is a Procfile — convert it with "healer import Procfile"/],
];

const OPTIONS: readonly Usage[] = [
  ['up --bogus', /unknown option '--bogus'/],
  ['up -f', /argument missing — see "healer up --help"/],
  ['up web', /did you mean "healer start web"\?/],
  ['up start web', /did you mean "healer start web"\?/],
  ['up .', /"healer up" reads the healer\.yaml and the process_list\.txt of the current folder/],
  ['up -c healer.yaml', /use -f, --file/],
  ['events --kind crashed', /use --json, and select by "kind"/],
  ['events --since 1h', /use -n, --lines, or --json and select by "time"/],
  ['track 4194305', /"4194305" is not a pid — the largest one is 4194304/],
  ['web stop', /unknown command 'web' — did you mean "healer stop web"\?/],
  ['fleet:box ls', /unknown command 'fleet:box' — did you mean "healer --host fleet:box ls"\?/],
  ['config check -f healer.yaml', /write the file without an option: healer config check FILE/],
  ['update web --schedule x', /set "schedule" in healer\.yaml/],
  ['add web --depends-on db', /set "dependsOn" in healer\.yaml/],
  ['kill TERM web', /"TERM" is a signal, and not the id of a program/],
  ['stop SIGINT web api', /"SIGINT" is a signal, and not the id of a program/],
  ['start web -i 4', /"healer scale ID NUMBER" changes the number of instances/],
  ['restart web --update-env', /env files are read at each start/],
  ['stop web -f', /use --force/],
  ['ls -o wide', /use --json/],
  ['ls --format json', /use --json/],
  ['scale 3 web', /write the number last: healer scale web 3/],
  ['down web', /did you mean "healer stop web"\?/],
  ['down --timeout soon', /Write a duration such as 10s/],
  ['up --instance a/b', /"a\/b" is not a valid instance name/],
  ['ls --jsn', /Did you mean --json/i],
  ['ls --interval 5s', /--interval sets how often the list is refreshed — add --watch/],
  ['ls --watch --interval 1ms', /--interval must be from 100ms to 1m/],
  ['ls --watch --interval 1y', /Write a duration such as 10s/],
  ['ls --color sometimes', /Allowed choices are auto, always, never/],
  ['status extra', /did you mean "healer ls extra"/],
  ['stop', /missing required argument 'ids'/],
  ['stop a/b', /"a\/b" is not a valid id/],
  ['stop web --timeout -5s', /Write a duration such as 10s/],
  ['restart web --timeout 5parsecs', /Write a duration such as 10s/],
  ['reload', /missing required argument/],
  ['hold web --for forever', /Write a duration such as 10s/],
  ['kill --signal 9 web', /stop\.signal/],
  ['why', /missing required argument/],
  ['describe', /missing required argument/],
  ['check', /missing required argument/],
  ['cooldown reset', /healer cooldown reset <id>/],
  ['cooldown forget web', /healer cooldown reset <id>/],
  ['logs --run', /argument missing/],
  ['logs web --run first', /Write the number of a run, 0 for the latest one, or -1 for the one before/],
  ['logs web --run 1.5', /Write the number of a run/],
  ['logs -n -5', /Write a whole number from 0/],
  ['logs --stream both', /Allowed choices are stdout, stderr/],
  ['logs --grep (', /Invalid regular expression/],
  ['logs --since yesterdayish', /Write a time such as 10m \(ago\)/],
  ['logs --since 5m --until 10m', /--since is later than --until/],
  ['logs -f --until 10m', /--follow has no end; leave out --until/],
  ['logs -A 3', /add --grep, --level or --where/],
  ['logs --raw --timestamps', /leave out --json and --timestamps/],
  ['events -n many', /Write a whole number from 0 to 500/],
  ['events --process a/b', /"a\/b" is not a valid id/],
  ['track abc', /"abc" is not a pid — write a whole number/],
  ['track 0', /"0" is not a pid/],
  ['track 99999999', /"99999999" is not a pid/],
  ['untrack', /missing required argument 'pid'/],
  ['tui extra', /did you mean "healer describe extra"\?/],
  ['startup upstart', /unsupported init system "upstart" — use one of "systemd", "openrc", "launchd"/],
  ['completion tcsh', /use "healer completion bash", "zsh" or "fish"/],
  ['doctor --fast', /unknown option '--fast'/],
  ['test-email me', /too many arguments/],
];

const DEFINITIONS: readonly Usage[] = [
  ['add', /missing required argument 'id'/],
  ['add web', /missing required argument 'command'/],
  ['add a/b -- sleep 1', /"a\/b" is not a valid id/],
  ['add web --memory lots -- sleep 1', /Write a number of MB above 0, such as 500, 512M or 1\.5G, or "none"/],
  ['add web --memory 0 -- sleep 1', /Write a number of MB above 0/],
  ['add web --memory -5 -- sleep 1', /Write a number of MB above 0/],
  ['add web --cpu 5x -- sleep 1', /Write a number of percent above 0/],
  ['add web --restart sometimes -- sleep 1', /Allowed choices are on-failure, always, never/],
  ['add web --env FOO -- sleep 1', /Write NAME=VALUE/],
  ['add web --env =x -- sleep 1', /Write NAME=VALUE/],
  ['add web --instances x -- sleep 1', /Write a whole number from 0 to 1000/],
  ['add web --max-memory-restart 1G -- sleep 1', /use --memory/],
  ['add web --cron * -- sleep 1', /set "schedule" in healer\.yaml/],
  ['update', /missing required argument 'id'/],
  ['update web', /no changes given — "healer update --help" lists what can be changed/],
  ['update web --memory x', /Write a number of MB above 0/],
  ['update web --unset', /argument missing/],
  ['scale web', /missing required argument 'count'/],
  ['scale web x', /"x" is not a number of instances — write a whole number from 0 to 1000/],
  ['scale web -1', /"-1" is not a number of instances/],
  ['remove', /missing required argument/],
  ['config set', /use "healer config get \[KEY\]"/],
  ['config set nothing 1', /unknown setting "nothing" — the settings are healing/],
  ['config get nothing', /unknown setting "nothing"/],
  ['config set healing maybe', /cannot set "healing": .* — for example observe/],
  ['config forget', /use "healer config get \[KEY\]"/],
  ['import', /missing required argument 'file'/],
  ['import nothing.json', /cannot read "nothing\.json": file not found; check the path/, 1],
  ['import folder', /cannot read "folder": it is not a regular file/, 1],
  ['import binary.yaml', /cannot read "binary\.yaml": it is not a text file/, 1],
  ['detect nothing.csv', /cannot read "nothing\.csv": .* — check the path/, 1],
  [
    'detect folder',
    /"folder" is a folder without recording\.json — name a CSV file, or a folder of "healer record"/,
    1,
  ],
  ['detect text.yaml', /"text\.yaml" has no row of the form "timestamp,value"/, 1],
  ['detect text.yaml --kind fire', /Allowed choices are leak, spike, descriptorLeak, threadLeak, novelty/],
];

const HOSTS: readonly Usage[] = [
  ['ls --host ftp://box', /write http:\/\/ or https:\/\/ instead of ftp:\/\//],
  ['ls --host localhost:99999', /is not a URL; write it as http:\/\/127\.0\.0\.1:19881/],
  [
    'ls --host https://me:secret@box',
    /contains a name or password, which engines do not use — use a token file instead/,
  ],
  ['ls --token-file none', /"--token-file" needs "--host"/],
  [
    'ls --host http://127.0.0.1:1 --token-file none',
    /cannot read "none" \(--token-file\): file not found — check the path/,
  ],
  [
    'ls --host http://127.0.0.1:1',
    /cannot reach an engine at http:\/\/127\.0\.0\.1:1: nothing listens there; check the port/,
    3,
  ],
];

describe('a wrong usage is answered by one sentence with the place and the next step', () => {
  const usages = [...FILES_OF_UP, ...OPTIONS, ...DEFINITIONS, ...HOSTS];

  test('there are a hundred of them', () => expect(usages.length).toBeGreaterThanOrEqual(100));

  test.each(usages.map(([args, sentence, expected = 2]) => ({ args, sentence, expected })))(
    '$args',
    async ({ args, sentence, expected }) => {
      const { code, stdout, stderr } = await home.run(args.split(' '));
      expect(stderr).toMatch(sentence);
      expect(stderr).toMatch(/^healer: [^\n]+\n$/);
      expect(stderr).not.toMatch(/\n\s+at |secret|\[object|undefined/);
      expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    },
  );
});
