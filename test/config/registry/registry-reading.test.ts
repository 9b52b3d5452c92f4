import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/config/reading/config-problem.ts';
import { isInstanceOf } from '../../../src/base/instance-id.ts';
import {
  EMPTY_REGISTRY,
  enabledByName,
  fieldsOf,
  parseRegistry,
  without,
} from '../../../src/config/registry/registry-content.ts';
import { readRegistry } from '../../../src/config/registry/registry-reading.ts';
import { groupOf, placeOfOther } from '../../../src/config/registry/taken-ids.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-registry-'));
  file = join(folder, 'registry.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const WHOLE = { version: 1, programs: {}, overrides: {}, settings: {} };

describe('the text of a registry', () => {
  test.each<[unknown, string, RegExp | null]>([
    [WHOLE, 'read', null],
    [{ ...WHOLE, programs: { web: { command: 'x' } } }, 'read', null],
    [{ ...WHOLE, extra: 1 }, 'read', null],
    [{ ...WHOLE, version: 2 }, 'foreign', /^written by a newer version of healer \(format 2\); use that version$/],
    [{ version: 3 }, 'foreign', /format 3/],
    [{ ...WHOLE, version: 0 }, 'corrupt', /^not a registry: version: /],
    [{ ...WHOLE, programs: [] }, 'corrupt', /^not a registry: programs: /],
    [{ ...WHOLE, programs: { web: 5 } }, 'corrupt', /^not a registry: programs\.web: /],
    [{ version: 1 }, 'corrupt', /^not a registry: programs: /],
    [[], 'corrupt', /^not a registry: /],
    [null, 'corrupt', /^not a registry: /],
  ])('%j is %s', (content, kind, problem) => {
    const parsed = parseRegistry(JSON.stringify(content));
    expect(parsed.kind).toBe(kind);
    if (parsed.kind !== 'read') expect(parsed.problem).toMatch(problem ?? /^$/);
  });

  test.each(['', '{', 'x', '{"version":1,'])('%j is corrupt because it is not JSON', (text) => {
    expect(parseRegistry(text)).toEqual({ kind: 'corrupt', problem: expect.stringMatching(/^not JSON: /) });
  });
});

describe('reading a registry', () => {
  const read = (content: unknown) => {
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readRegistry(file);
  };

  test('that does not exist results in an empty one', () => {
    expect(readRegistry(file)).toMatchObject({
      content: EMPTY_REGISTRY,
      definitions: [],
      problems: [],
      isComplete: true,
    });
  });

  test('results in definitions and overrides', () => {
    const { definitions, common, isComplete } = read({
      ...WHOLE,
      programs: { web: { command: 'x' } },
      overrides: { api: { nice: 1 } },
      settings: { healing: 'observe', binaries: { node: '/n' } },
    });
    expect(definitions.map(({ id, origin, isOverride, fields }) => [id, origin, isOverride, fields])).toEqual([
      ['web', 'registry', false, { command: 'x' }],
      ['api', 'registry', true, { nice: 1 }],
    ]);
    expect(common).toEqual({ defaults: null, healing: 'observe', binaries: { node: '/n' } });
    expect(isComplete).toBe(true);
  });

  test.each<[string, unknown, string[], boolean]>([
    [
      'an unknown setting',
      { ...WHOLE, settings: { healin: 1 } },
      ['unknown setting "healin" (did you mean "healing"?)'],
      true,
    ],
    [
      'an invalid setting',
      { ...WHOLE, settings: { zombieScanSeconds: 0 } },
      [
        'the setting "zombieScanSeconds" is invalid and has no effect: this cannot be 0: it has to be at least 1 (run: healer config set zombieScanSeconds 60)',
      ],
      true,
    ],
    [
      'a newer format',
      { version: 2 },
      [
        'cannot read the registry: written by a newer version of healer (format 2); use that version (fix it or move it away; programs do not change until it can be read)',
      ],
      false,
    ],
  ])('with %s reports it', (_what, content, expected, isComplete) => {
    const reading = read(content);
    expect(reading.problems.map((problem) => formatProblem(problem).replace(`${file}: `, ''))).toEqual(expected);
    expect(reading.isComplete).toBe(isComplete);
  });

  test('that is a folder reports that it cannot be read', () => {
    mkdirSync(file);
    expect(readRegistry(file)).toMatchObject({
      content: EMPTY_REGISTRY,
      isComplete: false,
      problems: [
        { severity: 'error', file, line: null, message: expect.stringContaining('cannot read the registry: ') },
      ],
    });
  });
});

test.each([
  ['web-0', 'web', true],
  ['web-10', 'web', true],
  ['web-', 'web', false],
  ['web', 'web', false],
  ['web-a', 'web', false],
  ['web-0a', 'web', false],
  ['web-1-0', 'web', false],
  ['web-1-0', 'web-1', true],
  ['xweb-0', 'web', false],
])('%s is an instance of %s: %j', (id, program, expected) => {
  expect(isInstanceOf(id, program)).toBe(expected);
});

describe('the program that an id is an instance of', () => {
  const REGISTRY = { ...EMPTY_REGISTRY, programs: { web: { command: 'x', instances: 2 }, api: { command: 'x' } } };
  test.each<[string, [string, string][], string | undefined]>([
    ['web-0', [], 'web'],
    ['web-1', [], 'web'],
    ['web-2', [], undefined],
    ['web-2', [['web-2', 'registry']], 'web'],
    ['web-0', [['web-0', '/list.txt:1']], undefined],
    ['api-0', [], undefined],
    ['api-0', [['api-0', 'registry']], 'api'],
    ['web', [], undefined],
  ])('%s with %j: %j', (id, origins, expected) => {
    expect(groupOf(id, REGISTRY, new Map(origins))).toBe(expected);
  });

  test.each<[string, [string, string][], string | null]>([
    ['web-5', [], null],
    ['web-5', [['web-5', '/list.txt:1']], '/list.txt:1'],
    ['web-5', [['web-5', 'registry']], null],
    [
      'web-5',
      [
        ['web-5', '/h.yaml:1, registry'],
        ['web', '/h.yaml:1'],
      ],
      null,
    ],
    ['api', [], 'the registry'],
  ])('the place of %s with %j: %j', (id, origins, expected) => {
    expect(placeOfOther(id, 'web', REGISTRY, new Map(origins))).toBe(expected);
  });
});

test('inherited property names are not programs', () => {
  expect(fieldsOf({}, 'constructor')).toBeUndefined();
  expect(fieldsOf({ web: { a: 1 } }, 'web')).toEqual({ a: 1 });
  expect(without({ a: {}, b: {} }, 'a')).toEqual({ b: {} });
});

test('programs that were enabled are found in definitions and overrides', () => {
  const programs = { a: { enabled: true }, b: { enabled: false }, c: {} };
  const overrides = { d: { enabled: true }, e: { enabled: 'yes' } };
  expect([...enabledByName({ ...EMPTY_REGISTRY, programs, overrides })]).toEqual(['a', 'd']);
});
