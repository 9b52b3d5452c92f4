import { homedir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/config/reading/config-problem.ts';
import { combineReadings } from '../../../src/config/sources/combine-sources.ts';
import { readHealerYaml } from '../../../src/config/yaml/read-healer-yaml.ts';

const ENV = { PORT: '8080', NAME: 'ann', YES: 'true', EMPTY: '', LIST: '[1, 2]' };

async function read(text: string) {
  const { specs, problems } = combineReadings([await readHealerYaml(Buffer.from(text), '/srv/h.yaml', ENV)]);
  return { spec: specs[0]?.spec, problems: problems.map(formatProblem) };
}

/** Returns the spec of a program with one more field, and the problems, without the file name. */
async function withField(field: string) {
  const { spec, problems } = await read(`processes:\n  web:\n    command: x\n    ${field}\n`);
  return { spec, problems: problems.map((problem) => problem.replace('/srv/h.yaml:', '')) };
}

describe('a valid field', () => {
  test.each<[string, object]>([
    ['name: The site', { name: 'The site' }],
    ['args: [a, 1, 1.10, true, null_, "x y"]', { args: ['a', '1', '1.10', 'true', 'null_', 'x y'] }],
    ['args: []', { args: [] }],
    ['shell: true', { shell: true }],
    ['cwd: sub', { cwd: '/srv/sub' }],
    ['cwd: ../other', { cwd: '/other' }],
    ['cwd: /abs', { cwd: '/abs' }],
    ['cwd: ~/app', { cwd: `${homedir()}/app` }],
    ['env: { A: 1, B: true, C: 0x10, D: "", E: 1.0 }', { env: { A: '1', B: 'true', C: '0x10', D: '', E: '1.0' } }],
    ['inheritEnv: false', { inheritEnv: false }],
    ['envFile: .env', { envFile: ['/srv/.env'] }],
    ['envFile: [a.env, "?b.env", /c.env]', { envFile: ['/srv/a.env', '?/srv/b.env', '/c.env'] }],
    ['user: www-data', { user: 'www-data' }],
    ['user: 1000', { user: 1000 }],
    ['group: null', { group: null }],
    ['umask: "027"', { umask: '027' }],
    ['umask: 027', { umask: '027' }],
    ['nice: -5', { nice: -5 }],
    ['nice: 19', { nice: 19 }],
    ['dependsOn: [db]', { dependsOn: [{ id: 'db', condition: 'started' }] }],
    ['dependsOn: [{ id: db, condition: healthy }]', { dependsOn: [{ id: 'db', condition: 'healthy' }] }],
    ['autostart: false', { autostart: false }],
    ['enabled: false', { enabled: false }],
    ['startSeconds: 0', { startSeconds: 0 }],
    ['restart: { policy: always }', { restart: { policy: 'always' } }],
    ['restart: { backoffMs: [0, 1000] }', { restart: { backoffMs: [0, 1000] } }],
    ['stop: { signal: SIGINT, gracefulTimeoutMs: 0 }', { stop: { signal: 'SIGINT', gracefulTimeoutMs: 0 } }],
    ['limits: { cpuPercent: null, memoryMb: 0.5 }', { limits: { cpuPercent: null, memoryMb: 0.5 } }],
    ['limits: { memoryMb: "${PORT}" }', {}],
    ['limits:\n      memoryMb: ${PORT}', { limits: { memoryMb: 8080 } }],
    ['healing: observe', { healing: 'observe' }],
    ['logs: { maxSizeMb: 1, keep: 0 }', { logs: { maxSizeMb: 1, keep: 0 } }],
    ['schedule: "0 4 * * *"', { schedule: '0 4 * * *' }],
    ['health: { check: { type: tcp, port: 80 } }', { health: { check: { type: 'tcp', port: 80 } } }],
    ['health: { check: { type: exec, command: ./probe } }', { health: { check: { command: '/srv/probe' } } }],
    ['autostart: ${YES}', { autostart: true }],
    ['env:\n      A: ${NAME}\n      B: "${NAME}"\n      C: $${NAME}', { env: { A: 'ann', B: 'ann', C: '${NAME}' } }],
    ['env:\n      A: ${EMPTY:-b}\n      B: x${EMPTY}y', { env: { A: 'b', B: 'xy' } }],
    ['args: ["${LIST}"]', { args: ['[1, 2]'] }],
  ])('%s', async (field, expected) => {
    const { spec, problems } = await withField(field);
    if (Object.keys(expected).length === 0) expect(problems).not.toEqual([]);
    else
      expect({ spec, problems: problems.filter((problem) => !problem.includes('depends on')) }).toMatchObject({
        spec: expected,
        problems: [],
      });
  });
});

describe('an invalid field', () => {
  test.each<[string, string]>([
    ['nice: 20', '4:11: nice cannot be 20: it has to be at most 19'],
    ['nice: -21', '4:11: nice cannot be -21: it has to be at least -20'],
    ['nice: 1.5', '4:11: nice is 1.5, but has to be a whole number or null'],
    ['nice: high', '4:11: nice is the text "high", but has to be a whole number or null'],
    ['umask: 0o027', '4:12: umask cannot be the text "0o027": '],
    ['env: { A: ${NAME} }', '4:16: invalid YAML: Unexpected flow-map-start at node end '],
    ['umask: 9', '4:12: umask cannot be the text "9": '],
    ['umask: "888"', '4:12: umask cannot be the text "888": '],
    ['shell: maybe', '4:12: shell is the text "maybe", but has to be true or false'],
    ['shell: yes', '4:12: shell is the text "yes", but has to be true or false'],
    ['args: a b', '4:11: args is the text "a b", but has to be a list'],
    ['env: [A=1]', '4:10: env is a list, but has to be a map'],
    ['env: { A: [1] }', '4:15: env.A is a list, but has to be text, a number or true or false'],
    ['restart: 5', '4:14: restart is 5, but has to be a map, "on-failure", "always" or "never"'],
    [
      'restart: { policy: allways }',
      '4:24: restart.policy is the text "allways", but has to be "on-failure", "always" or "never" (did you mean "always"?)',
    ],
    ['restart: { maxAttempts: 0 }', '4:29: restart.maxAttempts cannot be 0: it has to be at least 1'],
    ['stop: { signal: int }', '4:21: stop.signal cannot be the text "int": '],
    ['stop: { gracefulTimeoutMs: -1 }', '4:32: stop.gracefulTimeoutMs cannot be -1: it has to be at least 0'],
    [
      'limits: { memoryMb: 500X }',
      '4:25: limits.memoryMb cannot be the text "500X": write a number of MB, or a size with a unit such as 512M or 1.5G (for example: memoryMb: 512)',
    ],
    ['limits: { memoryMb: 0 }', '4:25: limits.memoryMb cannot be 0: it has to be above 0'],
    ['limits: { cpu: 5 }', '4:15: unknown field "cpu" in limits (write cpuPercent: 5)'],
    ['rlimits: { files: 5 }', '4:16: unknown field "files" in rlimits '],
    ['healing: off', '4:14: healing is the text "off", but has to be "heal" or "observe"'],
    ['health: { check: { type: tpc, port: 1 } }', '4:30: health.check.type is the text "tpc", '],
    [
      'health: { check: { type: tcp, port: 70000 } }',
      '4:41: health.check.port cannot be 70000: it has to be at most 65535',
    ],
    ['startSeconds: -1', '4:19: startSeconds cannot be -1: it has to be at least 0'],
    ['instances: many', '4:16: instances is the text "many", but has to be a whole number'],
    ['schedule: "61 * * * *"', '4:15: "web" has an invalid schedule "61 * * * *": '],
    [
      'cwd: ${MISSING}',
      '4:10: the variable "MISSING" is not set (set it in the environment of the engine, or write ${MISSING:-default})',
    ],
    ['coommand: y', '4:5: unknown field "coommand" (did you mean "command"?)'],
    ['command: y', '4:5: duplicate key "command", first used in line 3 (keep one of them)'],
    ['args: *nowhere', '4:11: the alias "*nowhere" has no anchor above it '],
    ['dependsOn: [web]', '4:5: circular dependency: web → web (remove one of these dependencies)'],
    ['dependsOn: [other]', '4:17: "web" depends on "other", which is not defined'],
  ])('%s', async (field, expected) => {
    const { problems } = await withField(field);
    expect(problems[0]?.slice(0, expected.length)).toBe(expected);
  });
});

describe('a whole file', () => {
  test.each<[string, string]>([
    [
      '',
      '1:1: the file is empty, possibly because it is being rewritten (write "processes: {}" to define no programs)',
    ],
    ['5', '1:1: this is a single value, but has to be a map (write a map with the field "processes")'],
    ['[]', '1:1: this is a list, but has to be a map (write a map with the field "processes")'],
    ['proceses: {}', '1:1: unknown field "proceses" (did you mean "processes"?)'],
    [
      'programs: {}',
      '1:1: unknown field "programs" (define programs under processes; "healer import" converts files of other program managers)',
    ],
    ['processes: 5', '1:12: this is a single value, but has to be a map'],
    ['processes: { web: 5 }', '1:19: '],
    ['processes: { web: { } }', '1:14: command is missing for "web" (for example: command: node)'],
    ['processes: { "a b": { command: x } }', '1:14: "a b" is not a valid id '],
    ['processes: [ { command: x } ]', '1:14: the id is missing (for example: - id: web)'],
    [
      'processes: [ { id: a, command: x }, { id: a, command: y } ]',
      '1:37: duplicate id "a", first used in line 1 (change one of the ids, or remove one of the programs)',
    ],
    ['healing: sometimes', '1:10: healing is the text "sometimes", but has to be "heal" or "observe"'],
    ['binaries: { node: 5 }', '1:19: binaries.node is 5, but has to be text'],
    ['defaults: { limits: { memoryMb: -1 } }', '1:33: limits.memoryMb cannot be -1: it has to be above 0'],
    ['a: 1\n---\nb: 2', '2:1: the file contains a second document (keep one, and remove the line "---")'],
    ['processes:\n\tweb: {}', '2:1: invalid YAML: Tabs are not allowed as indentation (indent with spaces)'],
    ['processes: { web: {', '1:20: invalid YAML: '],
    ['processes: { web: !thing { command: x } }', '1:19: invalid YAML: Unresolved tag: !thing (remove the tag)'],
    ['? [a]\n: 1', '1:3: a key has to be text, not a list or a map (put it in quotes if it is text)'],
    [
      'processes: { a: &a { <<: *a, command: x } }',
      '1:26: the alias "*a" refers to a value that contains it (write the value out)',
    ],
    ['<<: 5', '1:5: "<<" has to be a map or a list of maps (write <<: *name, where &name marks a map)'],
    [
      'processes: { web: { command: a b } }',
      '1:30: "a b" is used as the name of a single executable (write command: a and args: [b], or shell: true)',
    ],
  ])('%j', async (text, expected) => {
    const { problems } = await read(text);
    expect(problems.map((problem) => problem.replace('/srv/h.yaml:', '').slice(0, expected.length))).toContain(
      expected,
    );
  });
});

test('defaults, anchors and merge keys apply in order of strength', async () => {
  const text = `
defaults: { nice: 1, env: { A: default, B: default } }
processes:
  base: &base { command: x, nice: 2, env: { B: base } }
  web: { <<: *base, command: y }
  own: { <<: [*base], nice: 3 }
`;
  const { specs } = combineReadings([await readHealerYaml(Buffer.from(text), '/srv/h.yaml', {})]);
  expect(specs.map(({ spec: { id, command, nice, env } }) => [id, command, nice, env])).toEqual([
    ['base', 'x', 2, { A: 'default', B: 'base' }],
    ['web', 'y', 2, { A: 'default', B: 'base' }],
    ['own', 'x', 3, { A: 'default', B: 'base' }],
  ]);
});
