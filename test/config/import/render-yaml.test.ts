import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { ImportedProgram, SpecDraft } from '../../../src/config/import/draft/imported.ts';
import { importProcfile } from '../../../src/config/import/procfile.ts';
import { renderYaml } from '../../../src/config/import/render-yaml.ts';

const HEADING = { source: 'Procfile', schema: 's.json' };
const TOP = '# yaml-language-server: $schema=s.json\n# Imported from Procfile.\n\n';

function program(id: string, spec: SpecDraft, ...messages: readonly string[]): ImportedProgram {
  return { id, spec, notes: messages.map((message) => ({ weight: 'loss', place: 'f:1', message })) };
}

function render(...programs: readonly ImportedProgram[]): string {
  return renderYaml({ programs, notes: [] }, HEADING);
}

function specsIn(yaml: string): unknown[] {
  return Object.values((parse(yaml) as { processes: object }).processes);
}

test.each<[string, readonly ImportedProgram[], string]>([
  ['no programs as an empty table', [], 'processes: {}\n'],
  ['a program', [program('web', { command: 'node' })], 'processes:\n  web:\n    command: node\n'],
  [
    'a list of plain values on one line',
    [program('web', { command: 'node', args: ['a b', '-x'] })],
    'processes:\n  web:\n    command: node\n    args: [a b, -x]\n',
  ],
  [
    'a note as a comment above its program',
    [program('a', { command: 'x' }), program('b', { command: 'y' }, 'one', 'two')],
    'processes:\n  a:\n    command: x\n\n  # f:1: one\n  # f:1: two\n  b:\n    command: y\n',
  ],
  [
    'ids that are numbers in the order of the source, each with its own notes',
    [program('10', { command: 'x' }, 'ten'), program('2', { command: 'y' }, 'two')],
    'processes:\n  # f:1: ten\n  "10":\n    command: x\n\n  # f:1: two\n  "2":\n    command: y\n',
  ],
  [
    'a note with line breaks on one line',
    [program('a', { command: 'x' }, 'one\n  two\r\nthree\u2028four')],
    'processes:\n  # f:1: one two three four\n  a:\n    command: x\n',
  ],
  [
    'several lines as a block',
    [program('a', { command: 'x\ny' })],
    'processes:\n  a:\n    command: |-\n      x\n      y\n',
  ],
  [
    'several lines in quotes if the first one begins with a blank',
    [program('a', { command: ' x\ny' })],
    'processes:\n  a:\n    command: " x\\ny"\n',
  ],
  [
    'several lines in a list in quotes',
    [program('a', { command: 'x', args: ['a:\n@b'] })],
    'processes:\n  a:\n    command: x\n    args: ["a:\\n@b"]\n',
  ],
])('YAML shows %s', (_what, programs, expected) => {
  expect(render(...programs)).toBe(TOP + expected);
});

describe('a value is read back unchanged', () => {
  test.each([
    ' \n',
    '\n \n',
    '  \t\n',
    ':\n!',
    '-\n*|',
    'a:\n@b',
    '?\n-',
    'a\0b',
    '\u0007',
    '\u0085',
    '\u2028',
    '\uFEFFx',
    '\u007F',
    'a\r\nb',
    'true',
    'null',
    '~',
    '0x10',
    '1e3',
    '2026-01-01',
    '<<',
    '# x',
    'x # y',
    '',
  ])('%j', (text) => {
    const spec = { command: text, args: [text, 'x'], env: { A: text, [text]: 'x' } };
    expect(specsIn(render(program('a', spec)))).toEqual([spec]);
  });

  test('whatever its characters', () => {
    const character = fc.constantFrom(...' \n\t\r\0a:#-?!%@`&*|>\\"\',[]{}~0'.split(''), '\u0085', '\u2028', '\uFEFF');
    const anyText = fc.oneof(fc.string({ unit: character }), fc.string({ unit: character, maxLength: 4 }));
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const spec = { command: one, args: [other, one], cwd: other };
        expect(specsIn(render(program('a', spec)))).toEqual([spec]);
      }),
      { numRuns: 500 },
    );
  });
});

test('a Procfile whose process types are numbers keeps their order and ports', () => {
  const { programs } = importProcfile('9: a\n1: b', '/srv/Procfile', { dotenv: null });
  const { processes } = parse(render(...programs)) as { processes: object };
  expect(render(...programs).indexOf('"9"')).toBeLessThan(render(...programs).indexOf('"1"'));
  expect(processes).toMatchObject({ 9: { env: { PORT: '5000' } }, 1: { env: { PORT: '5100' } } });
});
