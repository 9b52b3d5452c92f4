import { expect, test } from 'vitest';
import { expandVariables } from '../../../src/config/reading/expand-variables.ts';

const ENV = { NAME: 'ann', EMPTY: '', PATTERN: '$& $1', UNSET: undefined };

test.each([
  ['', ''],
  ['plain', 'plain'],
  ['${NAME}', 'ann'],
  ['${NAME}${NAME}', 'annann'],
  ['a${NAME}b', 'aannb'],
  ['${EMPTY}', ''],
  ['${NAME:-bob}', 'ann'],
  ['${EMPTY:-bob}', 'bob'],
  ['${MISSING:-bob}', 'bob'],
  ['${UNSET:-bob}', 'bob'],
  ['${MISSING:-}', ''],
  ['${MISSING:-a:-b}', 'a:-b'],
  ['${MISSING:-two words}', 'two words'],
  ['${MISSING:-two\nlines}', 'two\nlines'],
  ['${PATTERN}', '$& $1'],
  ['$$', '$'],
  ['$$$$', '$$'],
  ['$${NAME}', '${NAME}'],
  ['$$${NAME}', '$ann'],
  ['$NAME', '$NAME'],
  ['$(date)', '$(date)'],
  ['$1 and $', '$1 and $'],
  ['{NAME}', '{NAME}'],
])('%j expands to %j', (text, expected) => {
  expect(expandVariables(text, ENV)).toEqual({ kind: 'text', text: expected });
});

const FORM = 'write ${NAME}, ${NAME:-default}, or $$ for a dollar';

test.each([
  [
    '${MISSING}',
    'the variable "MISSING" is not set',
    'set it in the environment of the engine, or write ${MISSING:-default}',
  ],
  [
    '${UNSET}',
    'the variable "UNSET" is not set',
    'set it in the environment of the engine, or write ${UNSET:-default}',
  ],
  [
    '${constructor}',
    'the variable "constructor" is not set',
    'set it in the environment of the engine, or write ${constructor:-default}',
  ],
  ['${}', '"${}" is not a variable', FORM],
  ['${1A}', '"${1A}" is not a variable', FORM],
  ['${A B}', '"${A B}" is not a variable', FORM],
  ['${A-b}', '"${A-b}" is not a variable', FORM],
  [
    '${3000 + HEALER_INSTANCE}',
    '"${3000 + HEALER_INSTANCE}" is not a variable',
    'write $((3000 + HEALER_INSTANCE)) to compute with the number of the instance',
  ],
  ['${A:=b}', '"${A:=b}" is not a variable', FORM],
  ['${NAME', '"${NAME" has no closing brace', FORM],
  ['${NAME} ${', '"${" has no closing brace', FORM],
  [`\${${'x'.repeat(60)}`, `"\${${'x'.repeat(38)}…" has no closing brace`, FORM],
])('%j is a problem', (text, message, hint) => {
  expect(expandVariables(text, ENV)).toEqual({ kind: 'problem', message, hint });
});

test('the first of several problems is reported', () => {
  expect(expandVariables('${A} ${B}', {})).toMatchObject({ message: 'the variable "A" is not set' });
});
