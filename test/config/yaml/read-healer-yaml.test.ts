import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/config/reading/config-problem.ts';
import { readHealerYaml } from '../../../src/config/yaml/read-healer-yaml.ts';
import { type CombinedPrograms, combineReadings } from '../../../src/config/sources/combine-sources.ts';
import { type ProcessSpec, processSpecSchema } from '../../../src/protocol/process-spec.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/healer-yaml/', import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const ENV = { USER_NAME: 'ann', EMPTY: '' };
const DEFAULTS = processSpecSchema.parse({ id: 'x', command: 'x' });

async function read(content: string | Buffer, file = '/srv/healer.yaml'): Promise<CombinedPrograms> {
  return combineReadings([await readHealerYaml(Buffer.from(content), file, ENV)]);
}

async function specOf(content: string, id = 'web'): Promise<ProcessSpec | undefined> {
  return (await read(content)).specs.find(({ spec }) => spec.id === id)?.spec;
}

/** Returns the fields of a spec that differ from the defaults. */
function distinct(spec: ProcessSpec): object {
  const isOther = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(DEFAULTS[name as keyof ProcessSpec]);
  return Object.fromEntries(Object.entries(spec).filter(isOther));
}

describe('a healer.yaml', () => {
  test.each(FILES)('%s results in the expected programs and problems', async (name) => {
    const { specs, problems, isComplete, binaries } = await read(readFileSync(join(FOLDER, name)), `/srv/${name}`);
    const found = {
      programs: specs.map(({ spec, origin }) => ({ origin, ...distinct(spec) })),
      problems: problems.map((problem) => `${problem.severity} ${formatProblem(problem)}`),
      isComplete,
      binaries,
    };
    await expect(JSON.stringify(found, null, 2) + '\n').toMatchFileSnapshot(
      join(FOLDER, name.replace(/\.yaml$/, '.expected.json')),
    );
  });

  test('resolves relative paths from its folder and runs programs there', async () => {
    const spec = await specOf('processes: { web: { command: ./run, envFile: [.env, ?local.env] } }');
    expect(spec).toMatchObject({ command: '/srv/run', cwd: '/srv', envFile: ['/srv/.env', '?/srv/local.env'] });
  });

  test('does not change a shell script', async () => {
    const spec = await specOf('processes: { web: { command: "./a/b | cat $HOME $$", shell: true } }');
    expect(spec?.command).toBe('./a/b | cat $HOME $');
  });
});

describe('a hostile healer.yaml', () => {
  test.each([
    ['processes: { web: { command: x, env: { __proto__: evil, A: b } } }', '1:40'],
    ['processes: { web: { command: x, env: { <<: &a { "__proto__": evil } } } }', '1:49'],
    ['processes: { web: { command: x, __proto__: { cwd: / } } }', '1:33'],
    ['processes: { __proto__: { command: x } }', '1:14'],
    ['__proto__: { processes: {} }', '1:1'],
  ])('cannot lose "__proto__" silently: %s', async (content, place) => {
    const { problems } = await read(content);
    const found = problems.filter(({ severity }) => severity === 'error').map((problem) => formatProblem(problem));
    expect(found).toContain(`/srv/healer.yaml:${place}: "__proto__" cannot be used as a name (choose another name)`);
  });

  test.each([
    ['of 10 MB', 'x'.repeat(10 * 2 ** 20)],
    ['nested in lists', '['.repeat(500_000)],
    ['nested in dashes', `${'- '.repeat(200_000)}x`],
    ['nested in maps', '{a: '.repeat(100_000)],
    ['nested in keys', '? '.repeat(200_000)],
    ['of random bytes', Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251))],
  ])('%s is refused with one problem that has a place', async (_what, content) => {
    const { specs, problems, isComplete } = await read(content);
    expect({ programs: specs.length, problems: problems.length, isComplete }).toEqual({
      ...{ programs: 0, problems: 1, isComplete: false },
    });
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  test('with thousands of programs is read in linear time', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `  p${String(index)}: { command: x }`).join('\n');
    expect((await read(`processes:\n${many}\n`)).specs).toHaveLength(5000);
  });

  test('never causes an exception, and every problem has a place and a hint', async () => {
    const fields = Object.keys(DEFAULTS);
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
    const value = fc.jsonValue({ maxDepth: 3 });
    const program = fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), fc.oneof(value, leaf), {
      maxKeys: 6,
    });
    const file = fc.record(
      {
        processes: fc.oneof(fc.dictionary(fc.string(), program), fc.array(program), value),
        defaults: fc.oneof(program, value),
        binaries: value,
        healing: value,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(file, async (content) => {
        const { problems, specs } = await read(JSON.stringify(content));
        for (const { line, column, message, hint } of problems) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toBe('');
          expect(hint).not.toBe('');
        }
        for (const { spec } of specs) expect(spec.command).not.toBe('');
      }),
      { numRuns: 60 },
    );
  });

  test('of arbitrary text is read or refused without an exception', async () => {
    const piece = fc.constantFrom(
      ...['processes:', ' web:', '\n', '  ', '- ', ': ', '{', '}', '[', ']', '&a', '*a', '<<: '],
    );
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, async (pieces) => {
        await read(pieces.join(''));
      }),
      { numRuns: 300 },
    );
  });
});
