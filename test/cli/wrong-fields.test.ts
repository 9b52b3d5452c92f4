import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeAll(async () => {
  home = await createCliHome();
});
afterAll(() => home.remove());

type Wrong = readonly [fields: string, sentence: RegExp];

const READINESS: readonly Wrong[] = [
  ['ready: {log: up, fd: 4}', /ready is invalid: write exactly one of .*; log and fd are given/],
  ['ready: {}', /ready is invalid: write exactly one of .*; none is given/],
  ['ready: notify', /ready is the text "notify", but has to be a map.*write ready: \{ notify: true \}/],
  ['ready: health', /write ready: \{ health: true \}/],
  ['ready: {log: "("}', /"web" has a pattern in ready\.log that is not a valid regular expression/],
  ['ready: {log: "(?=x)y"}', /pattern in ready\.log that uses lookahead or lookbehind/],
  ['ready: {fd: 1}', /ready\.fd cannot be 1: it has to be at least 3/],
  ['ready: {log: up, timeout: 5s}', /unknown field "timeout" in ready.*write timeoutMs: 10s/],
  ['ready: {health: true}', /the program has no health check; define one under health/],
  ['wait_ready: true', /unknown field "wait_ready" \(write ready: \{ message: ready \}\)/],
  ['listen_timeout: 3000', /write ready: \{ log: listening, timeoutMs: 10s \}/],
  ['ready_log_line: up', /write ready: \{ log: up \}/],
  ['watchdogMs: 1', /watchdogMs cannot be 1: it has to be at least 10/],
  ['WatchdogSec: 30', /write watchdogMs: 30s/],
];

const SOCKETS: readonly Wrong[] = [
  ['sockets: [{listen: 99999}]', /sockets\[0\]\.listen cannot be 99999: it has to be at most 65535/],
  ['sockets: [{listen: "example.com:80"}]', /write a port, ADDRESS:PORT such as 127\.0\.0\.1:8080/],
  ['sockets: [{listen: web.sock}]', /or an absolute path/],
  ['sockets: [{listen: "udp://127.0.0.1:53"}]', /cannot be the text "udp:\/\/127\.0\.0\.1:53"/],
  ['sockets: 8080', /sockets is 8080, but has to be a list/],
  ['sockets: [{listen: 8080}, {listen: "8080"}]', /sockets\[1\]\.listen .*entry 1 listens there already/],
  ['sockets: [{listen: /tmp/x.sock, mode: 999}]', /sockets\[0\]\.mode is 999, but has to be text/],
  ['sockets: [{listen: 8080}]\n    ready: {fd: 3}', /the sockets use this descriptor; write 4 or a higher one/],
  ['ListenStream: 8080', /write sockets: \[\{ listen: "127\.0\.0\.1:8080" \}\]/],
  ['port: 8080', /write sockets: \[\{ listen: "127\.0\.0\.1:8080" \}\]/],
];

const STOPPING: readonly Wrong[] = [
  [
    'stop: {sequence: [[SIGINT, 5s], SIGFOO]}',
    /stop\.sequence\[1\] cannot be the text "SIGFOO": no signal has this name/,
  ],
  ['stop: {sequence: SIGINT}', /stop\.sequence is the text "SIGINT", but has to be a list/],
  [
    'stop: {sequence: [[5s, SIGINT]]}',
    /stop\.sequence\[0\]\[0\] cannot be the text "5s".*see docs\/configuration\.md, and 1 more error\)/,
  ],
  ['stop: {command: {args: [x]}}', /stop\.command\.command is missing for "web"/],
  ['stop: {target: all}', /stop\.target is the text "all", but has to be "main", "group" or "tree"/],
  ['kill_timeout: 3000', /write stop: \{ gracefulTimeoutMs: 10s \}/],
  ['stopasgroup: true', /write stop: \{ target: group \}/],
  ['ExecStop: ./stop.sh', /write stop: \{ command: \{ command: \.\/stop\.sh \} \}/],
  ['shutdown: {signal: 2}', /write stop: \{ signal: SIGINT, gracefulTimeoutMs: 10s \}/],
  [
    'reload: {strategy: graceful}',
    /reload\.strategy is the text "graceful", but has to be "signal", "overlap" or "rolling"/,
  ],
  ['reload: {command: nginx -s reload}', /a reload sends a signal, or starts a new run/],
  ['restart: unless-stopped', /restart is the text "unless-stopped", but has to be a map, "on-failure"/],
  ['restart: {maxAttempts: 0}', /restart\.maxAttempts cannot be 0: it has to be at least 1/],
  ['restart: {backoffMs: 5s}', /restart\.backoffMs is the text "5s", but has to be a list/],
  ['autorestart: false', /unknown field "autorestart" \(write restart: \{ policy: never \}\)/],
  ['autorestart: unexpected', /write restart: \{ policy: on-failure \}/],
];

const JOBS: readonly Wrong[] = [
  ["schedule: '0 25 * * *'", /"25" at position 3 is not a valid hour: write \* or numbers from 0 to 23/],
  ["schedule: '@reboot'", /"@reboot" at position 1 is not supported; the names are @yearly/],
  ["schedule: 'every 5 minutes'", /it has 3 fields, but takes five/],
  ["schedule: '0 0 W * *'", /"W" at position 5 is not a valid day/],
  ["schedule: '0 0 30 2 *'", /this time never occurs/],
  ["schedule: '* * * * * * *'", /it has 7 fields.*"\*" at position 13 is one too many/],
  ["schedule: 'Mon *-*-* 03:00:00'", /it has 3 fields, but takes five/],
  ["schedule: '60 * * * *'", /"60" at position 1 is not a valid minute/],
  [
    "schedule: '0 3 * * *'\n    scheduling: {overlap: allow}",
    /scheduling\.overlap is the text "allow", but has to be "skip"/,
  ],
  [
    "schedule: '0 3 * * *'\n    scheduling: {timeZone: Europe/Berln}",
    /this is not a time zone; write a name such as Europe\/Berlin/,
  ],
  [
    "schedule: '0 3 * * *'\n    scheduling: {jitterMs: -5}",
    /scheduling\.jitterMs cannot be -5: it has to be at least 0/,
  ],
  ["cron_restart: '0 3 * * *'", /write schedule: "0 4 \* \* \*"/],
  ['timezone: UTC', /write scheduling: \{ timeZone: UTC \}/],
  ['maxRuntimeMs: 0', /maxRuntimeMs cannot be 0: it has to be at least 1/],
  ['RuntimeMaxSec: 30', /write maxRuntimeMs: 30m/],
];

const HOOKS: readonly Wrong[] = [
  ['hooks: {onCrash: ./x.sh}', /unknown field "onCrash" in hooks \(write crashed: \.\/x\.sh\)/],
  ['hooks: {on_ready: ./x.sh}', /unknown field "on_ready" in hooks/],
  ['hooks: {crashed: ""}', /hooks\.crashed cannot be the text "": the command is empty/],
  ['hooks: {crashed: [1, {a: b}]}', /hooks\.crashed\[1\] is a map, but has to be text/],
  ['hooks: ./all.sh', /hooks is the text "\.\/all\.sh", but has to be a map/],
  ['ExecStartPre: ./prepare.sh', /write hooks: \{ before: \.\/prepare\.sh \}/],
  ['OnFailure: alert@%n.service', /write hooks: \{ failed: \.\/page-me\.sh \}/],
];

const HEALTH: readonly Wrong[] = [
  ['health: {check: {type: tcp, port: 1}, failures: 6 of 5}', /the first number is from 1 to the second/],
  ['health: {check: {type: tcp, port: 1}, failures: some}', /write two numbers, such as "3 of 5"/],
  [
    'health: {check: {type: ftp, port: 1}}',
    /health\.check\.type is the text "ftp", but has to be "http", "tcp" or "exec"/,
  ],
  ['health: {check: {type: http, url: "localhost:80"}}', /write a URL that begins with http:\/\/ or https:\/\//],
  ['health: {check: {type: http}}', /health\.check\.url is missing for "web"/],
  ['health: {check: {type: tcp, port: 0}}', /health\.check\.port cannot be 0: it has to be at least 1/],
  ['health: {success_threshold: 2, check: {type: tcp, port: 1}}', /write successesRequired: 2/],
  ['healthcheck: {test: [CMD, curl]}', /unknown field "healthcheck" \(write health:/],
  ['readiness_probe: {http_get: {port: 80}}', /unknown field "readiness_probe" \(write health:/],
];

const OTHERS: readonly Wrong[] = [
  ['groups: site', /groups is the text "site", but has to be a list/],
  ['groups: ["a b"]', /groups\[0\] cannot be the text "a b": the name of a group has 1 to 64 characters/],
  ['instances: many', /instances is the text "many", but has to be a whole number or "max"/],
  ['instances: 2.5', /instances is 2\.5, but has to be a whole number or "max"/],
  ['dependsOn: [db]', /"web" depends on "db", which is not defined/],
  ['dependsOn: [web]', /circular dependency: web → web/],
  [
    'dependsOn: [{id: web, condition: running}]',
    /dependsOn\[0\]\.condition is the text "running", but has to be "started", "ready"/,
  ],
  ['depends_on: {db: {condition: process_healthy}}', /unknown field "depends_on" \(did you mean "dependsOn"\?\)/],
  ['env: [A=1]', /env is a list, but has to be a map/],
  ['env: {A: null}', /env\.A is empty, but has to be text/],
  ['env: {A: "${NOT_SET_ANYWHERE}"}', /the variable "NOT_SET_ANYWHERE" is not set/],
  [
    'envFileDialect: bash',
    /envFileDialect is the text "bash", but has to be "dotenv", "docker", "foreman" or "systemd"/,
  ],
  ['umask: 22', /a umask is three octal digits in quotes/],
  ['nice: -30', /nice cannot be -30: it has to be at least -20/],
  ['rlimits: {files: 10}', /unknown field "files" in rlimits/],
  ['limits: 500M', /limits is the text "500M", but has to be a map \(write a map of cpuPercent and memoryMb\)/],
  ['limits: {cpuPercent: 0%}', /limits\.cpuPercent cannot be the text "0%": it has to be above 0/],
  ['notify: [crash]', /notify\[0\] is the text "crash".*did you mean "crashed"\?/],
  ['type: notify', /type is the text "notify", but has to be "simple" or "forking"/],
  ['is_daemon: true', /write type: forking/],
  ['logs: {keep: forever}', /logs\.keep is the text "forever", but has to be a whole number/],
  ['leftovers: all', /leftovers is the text "all", but has to be "kill" or "leave"/],
  ['session: x11', /session is the text "x11", but has to be "auto", "gui" or "none"/],
];

const WHOLE_FILES: readonly (readonly [name: string, text: string, sentence: RegExp])[] = [
  ['tab.yaml', 'processes:\n\tweb: {command: sleep}\n', /tab\.yaml:2:1: invalid YAML: Tabs are not allowed/],
  ['alias.yaml', 'processes:\n  web: *nothing\n', /the alias "\*nothing" has no anchor above it/],
  ['documents.yaml', 'processes: {}\n---\nprocesses: {}\n', /the file contains a second document/],
  [
    'apps.yaml',
    'apps: [{name: web}]\n',
    /unknown field "apps" \(define programs under processes; "healer import" converts/,
  ],
  [
    'services.yaml',
    'version: "3"\nservices: {web: {image: nginx}}\n',
    /unknown field "version" .*"healer import" converts .*, and 1 more error\)/,
  ],
  ['all.yaml', 'processes: {all: {command: sleep}}\n', /"all" is reserved, because it stands for every program/],
  [
    'cycle.yaml',
    'processes:\n  a: {command: x, dependsOn: [b]}\n  b: {command: x, dependsOn: [a]}\n',
    /circular dependency: a → b → a/,
  ],
  ['cpu.txt', 'web fifty 100 -- sleep 1\n', /cpu\.txt:1:5: "fifty" is not a valid CPU limit/],
  ['dashes.txt', 'web 50 100 sleep 1000\n', /dashes\.txt:1:12: unexpected "sleep" \(expected: name cpu_limit/],
  ['quote.txt', 'web 50 100 -- "sleep 1000\n', /quote\.txt:1:15: the quote " is never closed/],
];

describe('a file with a mistake is answered by one sentence with the place and what to write instead', () => {
  const fields = [...READINESS, ...SOCKETS, ...STOPPING, ...JOBS, ...HOOKS, ...HEALTH, ...OTHERS];
  const files = [
    ...fields.map(([wrong, sentence], index) => {
      const name = `wrong-${String(index)}.yaml`;
      return { name, text: `processes:\n  web:\n    command: sleep\n    ${wrong}\n`, sentence, title: wrong };
    }),
    ...WHOLE_FILES.map(([name, text, sentence]) => ({ name, text, sentence, title: name })),
  ];

  test('there are a hundred of them', () => expect(files.length).toBeGreaterThanOrEqual(100));

  test.each(files)('$title', async ({ name, text, sentence }) => {
    writeFileSync(join(home.folder, name), text);
    const { code, stdout, stderr } = await home.run(['up', '-f', name]);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^healer: nothing was started: [^\n]+:\d+:\d+: [^\n]+\n$/);
    expect(stderr).not.toMatch(/\n\s+at |\[object|undefined|Invalid (?:input|URL|option)/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
