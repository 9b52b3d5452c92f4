import { describe, expect, test } from 'vitest';
import { expandInstance } from '../../../src/config/sources/instance-texts.ts';
import { expandVariables } from '../../../src/config/reading/expand-variables.ts';

describe('references to the number of an instance', () => {
  test.each([
    ['${HEALER_INSTANCE}', '3'],
    ['web-${HEALER_INSTANCE}.log', 'web-3.log'],
    ['$((3000 + HEALER_INSTANCE))', '3003'],
    ['$((HEALER_INSTANCE*10+5))', '35'],
    ['$(( (HEALER_INSTANCE + 1) * 2 ))', '8'],
    ['$((100 - HEALER_INSTANCE))', '97'],
    ['$((HEALER_INSTANCE / 2)) $((HEALER_INSTANCE % 2))', '1 1'],
    ['http://127.0.0.1:$((8080+HEALER_INSTANCE))/', 'http://127.0.0.1:8083/'],
    ['$((1 + 2))', '$((1 + 2))'],
    ['$((HEALER_INSTANCE + x))', '$((HEALER_INSTANCE + x))'],
    ['$((HEALER_INSTANCE / 0))', '$((HEALER_INSTANCE / 0))'],
    ['$HEALER_INSTANCE', '$HEALER_INSTANCE'],
  ])('%s becomes %s', (text, expected) => {
    expect(expandInstance(text, 3)).toBe(expected);
  });

  test('are not taken from the environment of the engine', () => {
    expect(expandVariables('${HEALER_INSTANCE}', { HEALER_INSTANCE: '7' })).toEqual({
      kind: 'text',
      text: '${HEALER_INSTANCE}',
    });
  });
});
