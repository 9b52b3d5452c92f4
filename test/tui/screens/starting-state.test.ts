import { expect, test } from 'vitest';
import { localTarget } from '../../../src/client/connection/engine-target.ts';
import type { ScreenOptions } from '../../../src/tui/screens/screen-options.ts';
import type { ReadSettings } from '../../../src/tui/screens/settings.ts';
import { startingState } from '../../../src/tui/screens/starting-state.ts';

type Settings = ReadSettings['settings'];

function messageWith(settings: Settings, problems: readonly string[] = []): string | undefined {
  const target = localTarget({ socketPath: '/nowhere', tokenPath: '/nowhere', clientName: 'test' } as never);
  const options: ScreenOptions = {
    target,
    instance: 'default',
    readOnly: false,
    mouse: true,
    screenReader: false,
    color: 'none',
    ascii: false,
    startEngine: null,
    fleet: 'none',
    read: { settings, problems },
  };
  return startingState(options, { columns: 80, rows: 24 }).message?.text;
}

test.each<[Settings, string]>([
  [{ filter: 'web' }, 'filter from last time: /web; press Esc to show all programs'],
  [{ unhealthy: true }, 'filter from last time: unhealthy only; press Esc to show all programs'],
  [
    { filter: '@site', unhealthy: true },
    'filter from last time: /@site, unhealthy only; press Esc to show all programs',
  ],
])('the screen says which kept filter hides programs: %j', (settings, text) => {
  expect(messageWith(settings)).toBe(text);
});

test('the screen says nothing if no filter was kept, and problems of the settings first', () => {
  expect(messageWith({ sort: { by: 'cpu', descending: true } })).toBeUndefined();
  expect(messageWith({ filter: 'web' }, ['mouse must be true or false'])).toBe('settings: mouse must be true or false');
});
