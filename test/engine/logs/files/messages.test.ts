import { expect, test } from 'vitest';
import { parseCommand, parseReport } from '../../../../src/engine/logs/files/messages.ts';

test('accepts a command with all required fields', () => {
  expect(parseCommand('{"kind":"ended","id":"web","run":3}')).toEqual({ kind: 'ended', id: 'web', run: 3 });
  expect(parseCommand('{"kind":"attach","pid":1,"startTicks":null}')).toMatchObject({ startTicks: null });
});

test.each([
  '',
  'null',
  '[]',
  '"quit"',
  '{"kind":"quit"',
  '{"kind":"toString"}',
  '{"kind":"ended","id":"web"}',
  '{"kind":"ended","id":7,"run":3}',
  '{"kind":"settings","id":"web","log":null}',
])('rejects %s as a command', (line) => {
  expect(parseCommand(line)).toBeNull();
});

test('parses reports by the same rules', () => {
  expect(parseReport('{"kind":"trouble","message":"x"}')).toEqual({ kind: 'trouble', message: 'x' });
  expect(parseReport('{"kind":"trouble"}')).toBeNull();
});
