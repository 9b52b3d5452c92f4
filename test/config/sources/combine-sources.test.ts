import { describe, expect, test } from 'vitest';
import { readProcessList } from '../../../src/config/process-list/read-process-list.ts';
import { formatProblem } from '../../../src/config/reading/config-problem.ts';
import type { SourceReading } from '../../../src/config/reading/source-reading.ts';
import { EMPTY_REGISTRY, type Registry } from '../../../src/config/registry/registry-content.ts';
import { registryReadingOf } from '../../../src/config/registry/registry-reading.ts';
import {
  type CombinedPrograms,
  type CombinedSources,
  combineReadings,
  combineSources,
  originsInFiles,
} from '../../../src/config/sources/combine-sources.ts';
import type { SourceReadings } from '../../../src/config/sources/read-sources.ts';
import { readHealerYaml } from '../../../src/config/yaml/read-healer-yaml.ts';

const list = (text: string, file = '/srv/list.txt'): SourceReading => readProcessList(Buffer.from(text), file);
const yaml = (text: string, file = '/srv/h.yaml'): Promise<SourceReading> =>
  readHealerYaml(Buffer.from(text), file, {});
const registry = (content: Partial<Registry>) =>
  registryReadingOf({ ...EMPTY_REGISTRY, ...content }, '/srv/registry.json');

async function readings(
  files: readonly (SourceReading | Promise<SourceReading>)[],
  content: Partial<Registry> = {},
): Promise<SourceReadings> {
  const found: SourceReading[] = [];
  for (const file of files) found.push(await file);
  return { files: found, registry: registry(content) };
}

const ids = ({ specs }: CombinedPrograms): string[] => specs.map(({ spec }) => spec.id);
const problemsOf = ({ problems }: CombinedPrograms): string[] => problems.map(formatProblem);
const specOf = ({ specs }: CombinedPrograms, id: string) => specs.find(({ spec }) => spec.id === id)?.spec;
const originOf = ({ specs }: CombinedPrograms, id: string) => specs.find(({ spec }) => spec.id === id)?.origin;

describe('later sources', () => {
  test('override earlier ones field by field, and the origin names all', async () => {
    const combined = combineReadings([
      list('web 50 500 -- node a.mjs'),
      await yaml('processes: { web: { limits: { memoryMb: 100 }, nice: 5 } }'),
      registry({ overrides: { web: { nice: 6 } } }),
    ]);
    expect(specOf(combined, 'web')).toMatchObject({
      command: 'node',
      args: ['a.mjs'],
      cwd: '/srv',
      adopt: 'by-name',
      nice: 6,
      limits: { cpuPercent: 50, memoryMb: 100 },
    });
    expect(originOf(combined, 'web')).toBe('/srv/list.txt:1, /srv/h.yaml:1, registry');
    expect(combined).toMatchObject({ problems: [], isComplete: true });
  });

  test('that set the command also set the working directory', async () => {
    const combined = combineReadings([
      list('web 50 500 -- node a.mjs', '/lists/list.txt'),
      await yaml('processes: { web: { command: ./run } }', '/yaml/h.yaml'),
    ]);
    expect(specOf(combined, 'web')).toMatchObject({ command: '/yaml/run', cwd: '/yaml', args: ['a.mjs'] });
  });

  test('replace a program of another file', () => {
    const combined = combineReadings([list('web 1 1 -- a', '/a.txt'), list('web 2 2 -- b', '/b.txt')]);
    expect(specOf(combined, 'web')).toMatchObject({ command: 'b', limits: { cpuPercent: 2, memoryMb: 2 }, cwd: '/' });
  });

  test('keep the order in which programs are first defined', async () => {
    const combined = combineReadings([list('b 1 1\na 1 1'), await yaml('processes: { c: { command: x }, a: {} }')]);
    expect(ids(combined)).toEqual(['b', 'a', 'c']);
  });
});

describe('settings for all programs', () => {
  test.each<[string, string, object, string | undefined]>([
    ['the default', '', {}, 'heal'],
    ['the file', 'healing: observe', {}, 'observe'],
    ['the registry, which overrides the file', 'healing: observe', { healing: 'heal' }, 'heal'],
    ['the defaults, which override the registry', 'defaults: { healing: observe }', { healing: 'heal' }, 'observe'],
  ])('for healing follow %s', async (_what, top, settings, expected) => {
    const text = `processes: { web: { command: x } }\n${top}`;
    const combined = combineReadings([await yaml(text), registry({ settings: { ...settings } })]);
    expect(specOf(combined, 'web')?.healing).toBe(expected);
  });

  test('are weaker than the fields of any source', async () => {
    const combined = combineReadings([
      list('listed 50 500'),
      await yaml(
        'defaults: { limits: { cpuPercent: 9, memoryMb: 9 }, nice: 3 }\nprocesses: { own: { command: x, nice: 4 } }',
      ),
      registry({ programs: { added: { command: 'y' } } }),
    ]);
    expect(specOf(combined, 'listed')).toMatchObject({ limits: { cpuPercent: 50, memoryMb: 500 }, nice: 3 });
    expect(specOf(combined, 'own')).toMatchObject({ limits: { cpuPercent: 9 }, nice: 4 });
    expect(specOf(combined, 'added')).toMatchObject({ limits: { memoryMb: 9 }, nice: 3 });
  });

  test('for binaries combine all sources', async () => {
    const combined = combineReadings([
      await yaml('binaries: { node: ./node, ruby: /r }'),
      registry({ settings: { binaries: { node: '/registry/node' } } }),
    ]);
    expect(combined.binaries).toEqual({ node: '/registry/node', ruby: '/r' });
  });
});

describe('overrides in the registry', () => {
  test('define no program of their own', () => {
    expect(combineReadings([registry({ overrides: { web: { nice: 1 } } })])).toMatchObject({
      specs: [],
      problems: [],
      isComplete: true,
    });
  });

  test('that are invalid refuse the program and name the registry', () => {
    const combined = combineReadings([list('web 1 1'), registry({ overrides: { web: { nice: 99 } } })]);
    expect(combined).toMatchObject({ specs: [], isComplete: false });
    expect(problemsOf(combined)[0]).toMatch(
      /^\/srv\/registry\.json: nice cannot be 99: it has to be at most 19 for "web"/,
    );
  });
});

test('programs whose definitions have not changed are the same objects when they are combined again', async () => {
  const files = [list('web 50 500 -- node a.mjs'), await yaml('processes: { api: { command: ./api } }')];
  const first = combineReadings(files);
  const again = combineReadings([...files, registry({ overrides: { api: { nice: 6 } } })]);
  expect(specOf(again, 'web')).toBe(specOf(first, 'web'));
  expect(specOf(first, 'api')).toMatchObject({ nice: null });
  expect(specOf(again, 'api')).toMatchObject({ nice: 6 });
  const withDefaults = combineReadings([...files, await yaml('defaults: { nice: 3 }', '/srv/d.yaml')]);
  expect(specOf(withDefaults, 'web')).toMatchObject({ nice: 3, limits: { cpuPercent: 50 } });
  expect(specOf(combineReadings(files), 'web')).toEqual(specOf(first, 'web'));
});

describe('instances', () => {
  test('are numbered, and dependencies on the program become dependencies on each', async () => {
    const combined = combineReadings([
      await yaml(
        'processes: { w: { command: x, instances: 2, env: { A: "1" } }, api: { command: y, dependsOn: [w] } }',
      ),
    ]);
    expect(ids(combined)).toEqual(['w-0', 'w-1', 'api']);
    expect(specOf(combined, 'w-1')).toMatchObject({ name: 'w-1', env: { A: '1', HEALER_INSTANCE: '1' } });
    expect(specOf(combined, 'w-1')?.instances).toBeUndefined();
    expect(specOf(combined, 'api')?.dependsOn.map(({ id }) => id)).toEqual(['w-0', 'w-1']);
  });

  test('keep the name of the program with their number', async () => {
    const combined = combineReadings([await yaml('processes: { w: { command: x, name: Worker, instances: 1 } }')]);
    expect(specOf(combined, 'w-0')?.name).toBe('Worker-0');
  });

  test('can be overridden one by one', async () => {
    const combined = combineReadings([
      await yaml('processes: { w: { command: x, instances: 2 } }'),
      registry({ overrides: { 'w-1': { enabled: false } } }),
    ]);
    expect(combined.specs.map(({ spec }) => [spec.id, spec.enabled])).toEqual([
      ['w-0', true],
      ['w-1', false],
    ]);
  });

  test.each([
    [
      'w-1 1 1',
      'the instance "w-1" of "w" has the same id as a program defined in /srv/list.txt:1 (change one of the ids)',
      ['w-1', 'w-0'],
    ],
  ])('do not replace the program %j', async (line, problem, expected) => {
    const combined = combineReadings([list(line), await yaml('processes: { w: { command: x, instances: 2 } }')]);
    expect(ids(combined)).toEqual(expected);
    expect(problemsOf(combined)).toEqual([`/srv/h.yaml:1:42: ${problem}`]);
  });

  test('with an id that is too long are refused', async () => {
    const id = 'x'.repeat(63);
    const combined = combineReadings([await yaml(`processes: { ${id}: { command: x, instances: 1 } }`)]);
    expect(ids(combined)).toEqual([]);
    expect(problemsOf(combined)[0]).toContain(
      `the id of instance "${id}-0" is too long (shorten the id of the program)`,
    );
  });

  test('may be none', async () => {
    expect(combineReadings([await yaml('processes: { w: { command: x, instances: 0 } }')])).toMatchObject({
      specs: [],
      problems: [],
      isComplete: true,
    });
  });
});

describe('a dependency', () => {
  test.each<[string, string, string, readonly string[]]>([
    [
      'on itself',
      '{ a: { command: x, dependsOn: [a] } }',
      'circular dependency: a → a (remove one of these dependencies)',
      [],
    ],
    [
      'cycle',
      '{ a: { command: x, dependsOn: [b] }, b: { command: x, dependsOn: [a] }, c: { command: x } }',
      'circular dependency: a → b → a (remove one of these dependencies)',
      ['c'],
    ],
    [
      'on an unknown program',
      '{ web: { command: x, dependsOn: [bd] }, db: { command: x } }',
      '"web" depends on "bd", which is not defined (did you mean "db"?)',
      ['web', 'db'],
    ],
    [
      'on nothing similar',
      '{ web: { command: x, dependsOn: [zzzzzz] } }',
      '"web" depends on "zzzzzz", which is not defined (define it, or remove the dependency)',
      ['web'],
    ],
    [
      'on health without a health check',
      '{ web: { command: x, dependsOn: [{ id: db, condition: healthy }] }, db: { command: x } }',
      '"web" waits for "db" to be healthy, but it has no health check (add "health" to it, or wait for "started")',
      ['web', 'db'],
    ],
    [
      'on the completion of a program that always restarts',
      '{ web: { command: x, dependsOn: [{ id: db, condition: completed }] }, db: { command: x, restart: { policy: always } } }',
      '"web" waits for "db" to complete, but its restart policy "always" starts it again (set its policy to "on-failure")',
      ['web', 'db'],
    ],
  ])('%s is a problem', async (_what, processes, problem, expected) => {
    const combined = combineReadings([await yaml(`processes: ${processes}`)]);
    expect(problemsOf(combined).map((text) => text.replace(/^\S+ /, ''))).toEqual([problem]);
    expect(ids(combined)).toEqual(expected);
  });

  test('of several instances is reported once', async () => {
    const combined = combineReadings([await yaml('processes: { w: { command: x, instances: 3, dependsOn: [zzz] } }')]);
    expect(problemsOf(combined)).toHaveLength(1);
  });
});

describe('which readings take effect', () => {
  const GOOD = 'processes: { web: { command: old } }';
  const BAD = 'processes: { web: { comand: new } }';
  const EDITED = 'processes: { web: { command: new } }';
  const commands = (combined: CombinedSources): (string | undefined)[] =>
    combined.specs.map(({ spec }) => spec.command);

  test.each<[string, string, string, readonly string[], readonly string[]]>([
    ['a valid edit takes effect', GOOD, EDITED, ['new'], []],
    ['an invalid edit is refused', GOOD, BAD, ['old'], ['/srv/h.yaml']],
    ['an empty file is refused', GOOD, '', ['old'], ['/srv/h.yaml']],
    ['an edit that removes all programs takes effect', GOOD, 'processes: {}', [], []],
    ['a fixed file takes effect', BAD, EDITED, ['new'], []],
  ])('%s', async (_what, before, after, expected, refused) => {
    const { inEffect: previous } = combineSources(await readings([yaml(before)]));
    const combined = combineSources(await readings([yaml(after)]), { previous });
    expect(commands(combined)).toEqual(expected);
    expect(combined.refused).toEqual(refused);
  });

  test('without a previous reading, the valid parts of a file do', async () => {
    const text = 'processes: { web: { comand: x }, api: { command: y } }';
    const combined = combineSources(await readings([yaml(text)]));
    expect(ids(combined)).toEqual(['api']);
    expect(combined).toMatchObject({ refused: [], isComplete: false });
  });

  test('a process list does line by line', async () => {
    const { inEffect: previous } = combineSources(await readings([list('web 1 1\napi 1 1')]));
    const combined = combineSources(await readings([list('web x 1\napi 2 2')]), { previous });
    expect(specOf(combined, 'api')?.limits.cpuPercent).toBe(2);
    expect(combined).toMatchObject({ refused: [], isComplete: false });
    expect(ids(combined)).toEqual(['api']);
  });

  test('an edit that conflicts with another file is refused, and its problems are reported', async () => {
    const other = yaml('processes: { db: { command: x, dependsOn: [web] } }', '/srv/other.yaml');
    const { inEffect: previous } = combineSources(await readings([yaml(GOOD), other]));
    const cyclic = yaml('processes: { web: { command: new, dependsOn: [db] } }');
    const combined = combineSources(await readings([cyclic, other]), { previous });
    expect(commands(combined)).toEqual(['old', 'x']);
    expect(combined.refused).toEqual(['/srv/h.yaml']);
    expect(problemsOf(combined).join()).toContain('circular dependency: ');
  });

  test.each([
    ['is allowed', true, []],
    ['is not expected', false, ['web']],
  ])('an empty process list that %s', async (_what, mayBeBlank, expected) => {
    const { inEffect: previous } = combineSources(await readings([list('web 1 1')]));
    const combined = combineSources(await readings([list('')]), { previous, mayBeBlank: () => mayBeBlank });
    expect(ids(combined)).toEqual(expected);
    expect(combined.refused).toEqual([]);
  });

  test('the registry always does', async () => {
    const { inEffect: previous } = combineSources(await readings([], { programs: { web: { command: 'old' } } }));
    const combined = combineSources(await readings([], { programs: { web: { command: 'new' } } }), { previous });
    expect(commands(combined)).toEqual(['new']);
    expect(combined.inEffect.registry.content.programs).toEqual({ web: { command: 'new' } });
  });
});

test('origins in files name files only, and list instances too', async () => {
  const files = [list('web 1 1'), await yaml('processes: { w: { command: x, instances: 1 }, web: { nice: 1 } }')];
  const content = { programs: { added: { command: 'y' } }, overrides: { web: { nice: 2 } } };
  for (const one of [{}, content]) {
    expect(Object.fromEntries(originsInFiles(combineSources(await readings(files, one))))).toEqual({
      web: '/srv/list.txt:1, /srv/h.yaml:1',
      w: '/srv/h.yaml:1',
      'w-0': '/srv/h.yaml:1',
    });
  }
});

describe('files of several "healer up" commands', () => {
  const A = '/a/healer.yaml';
  const B = '/b/healer.yaml';
  const ups = [[A], [B]];
  const web = (command: string): string => `processes: { web: { command: ${command} } }`;

  test('keep the first definition of an id, and refuse the other one with both places', async () => {
    const combined = combineReadings([await yaml(web('a'), A), await yaml(web('b'), B)], { ups });
    expect(specOf(combined, 'web')?.command).toBe('a');
    expect(problemsOf(combined)).toEqual([
      `${B}:1:14: "web" is already defined in ${A}:1, which belongs to another "healer up" (change one of the ids, or stop using the other file with "healer down -f ${A}")`,
    ]);
    expect(combined.conflicts).toHaveLength(1);
  });

  test('leave an id with its owner, even if an earlier file defines it too', async () => {
    const before = combineReadings([await yaml('processes: {}', A), await yaml(web('b'), B)], { ups });
    const { owners } = before;
    expect(Object.fromEntries(owners)).toEqual({ web: B });
    const after = combineReadings([await yaml(web('a'), A), await yaml(web('b'), B)], { ups, owners });
    expect(specOf(after, 'web')?.command).toBe('b');
    expect(problemsOf(after)[0]).toContain(`${A}:1:14: "web" is already defined in ${B}:1`);
    const released = combineReadings([await yaml(web('a'), A), await yaml('processes: {}', B)], { ups, owners });
    expect(specOf(released, 'web')?.command).toBe('a');
    expect(released.problems).toEqual([]);
  });

  test('leave an instance to the file that defines it', async () => {
    const group = await yaml('processes: { w: { command: x, instances: 2 } }', A);
    const { owners } = combineReadings([group], { ups: [[A]] });
    const combined = combineReadings([group, await yaml('processes: { w-1: { command: y } }', B)], { ups, owners });
    expect(ids(combined)).toEqual(['w-0', 'w-1']);
    expect(specOf(combined, 'w-1')?.command).toBe('x');
    expect(problemsOf(combined)[0]).toContain(
      `"w-1" is already defined in ${A}:1, which belongs to another "healer up", as an instance of "w"`,
    );
  });

  test('merge within one command, and apply defaults and binaries to its programs alone', async () => {
    const lines = list('listed 1 1', '/a/list.txt');
    const first = await yaml(
      'defaults: { nice: 3 }\nbinaries: { x: /a/x }\nprocesses: { listed: { umask: "007" } }',
      A,
    );
    const second = await yaml('processes: { other: { command: x } }', B);
    const added = registry({ programs: { added: { command: 'x' } } });
    const combined = combineReadings([lines, first, second, added], { ups: [['/a/list.txt', A], [B]] });
    expect(specOf(combined, 'listed')).toMatchObject({ nice: 3, umask: '007' });
    expect(specOf(combined, 'other')?.nice).toBeNull();
    expect(specOf(combined, 'added')?.nice).toBe(3);
    expect([combined.binariesOf('listed'), combined.binariesOf('other')]).toEqual([{ x: '/a/x' }, {}]);
  });

  test('that contain errors leave the programs of other commands removable', async () => {
    const combined = combineReadings([list('web x 1', '/a/list.txt'), await yaml('processes: {}', B)], {
      ups: [['/a/list.txt', '/a/more.txt'], [B]],
    });
    expect([...combined.incomplete]).toEqual(['/a/list.txt', '/a/more.txt']);
  });
});

test('a file that was emptied keeps its programs, with a warning', async () => {
  const { inEffect: previous } = combineSources(await readings([list('web 1 1')]));
  const combined = combineSources(await readings([list('')]), { previous, mayBeBlank: () => false });
  expect(ids(combined)).toEqual(['web']);
  expect(problemsOf(combined)).toEqual([
    '/srv/list.txt: this file is empty now; its programs keep running as defined before (restore it, or remove its programs with "healer down -f /srv/list.txt")',
  ]);
});

describe('an id that a file defines twice', () => {
  test.each([
    ['a map', 'processes:\n  a: { command: x }\n  b: { command: z }\n  a: { command: y }'],
    ['a list', 'processes:\n  - { id: a, command: x }\n  - { id: b, command: z }\n  - { id: a, command: y }'],
  ])('is an error that names both places, and neither definition in %s is used', async (_form, text) => {
    const combined = combineReadings([await yaml(text)]);
    expect(ids(combined)).toEqual(['b']);
    expect(problemsOf(combined)).toEqual([
      expect.stringMatching(/h\.yaml:4:\d+: duplicate .* "a", first used in line 2/),
    ]);
    expect(combined.isComplete).toBe(false);
  });
});

describe('a socket of two programs', () => {
  const program = (id: string, socket: string) => `${id}: { command: ${id}, sockets: [{ listen: ${socket} }] }`;

  test('is a warning that names both, and both are used', async () => {
    const combined = combineReadings([
      await yaml(`processes:\n  ${program('a', '8080')}\n  ${program('b', '"8080"')}\n  ${program('c', '8081')}`),
    ]);
    expect(ids(combined)).toEqual(['a', 'b', 'c']);
    expect(combined.problems.map(({ severity }) => severity)).toEqual(['warning']);
    expect(problemsOf(combined)).toEqual([
      '/srv/h.yaml:3:40: "b" listens on 8080, as "a" does (/srv/h.yaml:2): both accept its connections (change one of the addresses, unless both do the same work)',
    ]);
  });

  test('is not reported for the instances of one program', async () => {
    const combined = combineReadings([
      await yaml('processes: { a: { command: x, instances: 2, sockets: [{ listen: 8080 }] } }'),
    ]);
    expect(ids(combined)).toEqual(['a-0', 'a-1']);
    expect(problemsOf(combined)).toEqual([]);
  });
});
