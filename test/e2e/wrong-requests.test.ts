import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { freePort } from '../support/free-port.ts';

let home: HealerHome;
let url: string;
let before: ReadonlyMap<string, number | null>;
beforeAll(async () => {
  home = new HealerHome();
  const port = await freePort();
  url = `http://127.0.0.1:${String(port)}`;
  home.extraEnv = { HEALER_API_PORT: String(port) };
  const file = home.write(
    'healer.yaml',
    `processes:
  web: { command: sleep, args: ['1000'], groups: [site] }
  job: { command: 'true', restart: never, autostart: false }
  off: { command: sleep, args: ['1000'], enabled: false }
  bad: { command: sh, args: [-c, exit 3], restart: { backoffMs: [60000] } }
`,
  );
  await home.ok('up', '-f', file);
  await home.state('web', 'running');
  await home.state('bad', 'backoff');
  before = await pids();
});
afterAll(() => home[Symbol.asyncDispose]());

async function pids(): Promise<ReadonlyMap<string, number | null>> {
  return new Map([...(await home.rows())].map(([id, { pid }]) => [id, pid]));
}

const program = (fields: object): object => ({ id: 'x', command: 'sleep', ...fields });

type Call = readonly [request: string, body: unknown, status: number, message: RegExp];

const CALLS: readonly Call[] = [
  ['GET /process', null, 404, /GET \/process does not exist; GET \/openapi\.json lists all routes/],
  ['GET /processes/nosuch', null, 404, /no program is called "nosuch"/],
  ['GET /processes/a%20b', null, 422, /an id has 1 to 64 characters/],
  ['POST /processes/web/begin', null, 404, /does not exist; GET \/openapi\.json/],
  ['POST /processes/web/start', null, 409, /cannot start "web": it is running/],
  ['POST /processes/off/start', null, 409, /it is disabled; enable it first/],
  ['POST /processes/bad/pause', null, 409, /cannot pause "bad": it is in backoff/],
  ['POST /processes/web/reload', null, 409, /it does not handle SIGHUP.*use "healer restart web"/],
  ['POST /processes', '{', 422, /the body is not JSON/],
  ['POST /processes', [], 422, /the body must be a JSON object/],
  ['POST /processes', {}, 422, /definition\.id: id is missing; definition\.command: command is missing/],
  ['POST /processes', { id: 'a b', command: 'x' }, 422, /an id has 1 to 64 characters/],
  ['POST /processes', program({ memory: '1G' }), 422, /"memory" \(write limits: \{ memoryMb: 1G \}\)/],
  ['POST /processes', program({ limits: { memoryMb: 'lots' } }), 422, /write a number of MB/],
  ['POST /processes', program({ env: { 'A=B': '1' } }), 422, /the name of a variable cannot contain "="/],
  ['POST /processes', program({ sockets: [{ listen: 80 }, { listen: 80 }] }), 422, /entry 1 listens there already/],
  [
    'POST /processes',
    program({ hooks: { crashed: 5 } }),
    422,
    /hooks\.crashed is 5, but has to be a map, a list or text/,
  ],
  ['POST /processes', program({ instances: 'few' }), 422, /but has to be a whole number or "max"/],
  [
    'POST /processes',
    program({ stop: { sequence: 'SIGINT' } }),
    422,
    /stop\.sequence is the text "SIGINT", but has to be a list/,
  ],
  [
    'POST /processes',
    program({ health: { check: { type: 'http', url: 'x' } } }),
    422,
    /begins with http:\/\/ or https:\/\//,
  ],
  ['PATCH /processes/web', { limits: { memoryMb: -1 } }, 422, /limits\.memoryMb cannot be -1: it has to be above 0/],
  ['PATCH /processes/web?unst=cpu', {}, 422, /Unrecognized key: "unst"/],
  ['DELETE /processes/web', null, 409, /it is defined in .*healer\.yaml:2 — delete it there/],
  ['DELETE /processes/nosuch', null, 404, /program not found/],
  [
    'POST /processes/web/stop',
    { timeoutMs: 'soon' },
    422,
    /timeoutMs is the text "soon", but has to be a whole number/,
  ],
  ['POST /processes/web/stop', { timeoutMs: -1 }, 422, /timeoutMs cannot be -1: it has to be at least 0/],
  [
    'POST /operations',
    { operation: 'explode', select: ['web'] },
    422,
    /operation is the text "explode", but has to be "start", "stop"/,
  ],
  ['POST /operations', { operation: 'restart' }, 422, /select is missing/],
  ['POST /operations', { operation: 'restart', select: ['@nosuch'] }, 404, /the groups are "@site"/],
  ['GET /processes?limit=many', null, 422, /limit is the text "many", but has to be a whole number/],
  ['GET /processes?select=@', null, 422, /a group is written as "@name"/],
  ['GET /processes/web/logs?tail=x', null, 422, /tail is the text "x", but has to be a whole number/],
  ['GET /events?since=yesterday', null, 422, /Unrecognized key: "since" \(the parameters are .*afterSeq/],
  [
    'GET /processes/web/logs?tial=5',
    null,
    422,
    /Unrecognized key: "tial" \(did you mean "tail"\? the parameters are id, /,
  ],
  ['GET /processes/web/logs?follow=maybe', null, 422, /follow is the text "maybe", but has to be true or false/],
  ['GET /monitor/status?verbose=1', null, 422, /Unrecognized key: "verbose" \(there are no parameters\)/],
  ['PUT /config/trusted-hosts', { hosts: 'localhost' }, 422, /hosts is the text "localhost", but has to be a list/],
  ['PUT /config/standalone-mode', { enabled: 'yes' }, 422, /enabled is the text "yes", but has to be true or false/],
  ['PUT /config/nothing', {}, 422, /section is the text "nothing", but has to be "remote-access"/],
  ['POST /monitor/stop', null, 404, /does not exist/],
];

type Command = readonly [args: string, code: number, message: RegExp];

const COMMANDS: readonly Command[] = [
  ['run nosuch', 1, /no program is called "nosuch" — "healer ls" lists all ids/],
  ['run web', 1, /cannot start "web": it is running — try "healer restart web"/],
  ['run off', 1, /it is disabled; enable it first — try "healer enable off"/],
  ['wait web --for exited --timeout 300ms', 1, /has not exited after 300ms: it is running: .* — use --timeout/],
  ['wait off --for ready', 1, /"off" will not be ready: it is disabled/],
  ['stop we*x', 1, /no program matches "we\*x" — did you mean "web"\?/],
  ['restart @nosuch', 1, /the groups are "@site"/],
  ['kill bad', 1, /cannot kill "bad": it is in backoff — "healer describe bad" shows its state/],
  ['logs web --run 99', 2, /cannot show run 99 of "web": it has had one run, which "--run 0" shows/],
  ['events --process nosuch', 1, /no program is called "nosuch"/],
  ['update web --unset cpu', 1, /the registry does not set it/],
  ['add web -- sleep 1', 1, /it is already defined in .*healer\.yaml:2 — use "healer update web"/],
  ['remove web', 1, /delete it there, or use "healer disable web"/],
  ['scale nosuch 3', 1, /program not found/],
  ['down -f healer.yaml', 1, /this stops and removes web, job, off, bad — confirm with --yes/],
  ['up --foreground', 1, /already running .* — "healer up" applies changes to it, and "healer down" stops it/],
  ['up --replace -f nothing.yaml', 2, /cannot read ".*nothing\.yaml" — check the path/],
];

describe('a wrong request changes nothing and names the next step', () => {
  test.each(CALLS)('%s %j: %d', async (line, body, status, message) => {
    const [method = 'GET', path = '/'] = line.split(' ');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url + path, {
      method,
      ...(body === null ? {} : { body: text, headers: { 'content-type': 'application/json' } }),
    });
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/Invalid (?:input|URL|option)|Too (?:small|big)|undefined|\n/);
    expect(response.status).toBe(status);
  });

  test.each(COMMANDS)('healer %s: %d', async (args, code, message) => {
    const result = await home.run(...args.split(' '));
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toMatch(/^healer: [^\n]+\n$/);
    expect(result).toMatchObject({ code, stdout: '' });
  });

  test('the same programs run afterwards', async () => {
    expect(await pids()).toEqual(before);
  });
});

test.each([
  ['add y -- /nonexistent', /"y" cannot start: cannot find the executable "\/nonexistent".*healer update y/],
  ['add z --cwd nothing -- sleep 1', /"z" cannot start: .* the working folder ".*nothing" does not exist/],
])('%s is an error, although the program is defined', async (args, message) => {
  const { code, stdout, stderr } = await home.run(...args.split(' '));
  expect(stdout).toMatch(/^added "[yz]"/);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
});
