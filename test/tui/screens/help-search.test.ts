import { expect, test } from 'vitest';
import { messageLines } from '../../../src/tui/lines/message-lines.ts';
import { scene, visible } from '../support/samples.ts';
import { press, screenWith } from '../support/states.ts';

test('/ searches the keys, Enter keeps what was found, and Escape shows all', () => {
  const typing = press(screenWith(['a']), '?', '/', 'k', 'i').state;
  expect(typing.overlay).toMatchObject({ kind: 'help', search: 'ki' });
  expect(visible(messageLines(typing, scene(60, 1)))[0]).toContain('search the keys: ki');
  const found = press(typing, 'enter').state;
  expect(found.overlay).toEqual({ kind: 'help', page: 0, search: 'ki' });
  expect(press(typing, 'escape').state.overlay).toEqual({ kind: 'help', page: 0 });
  expect(press(found, 'escape').state.overlay.kind).toBe('none');
});
