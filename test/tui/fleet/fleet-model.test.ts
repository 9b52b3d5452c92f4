import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/base/display-width.ts';
import type { FleetChange, WatchedHost } from '../../../src/fleet/contract/watched-host.ts';
import { fleetFrame } from '../../../src/tui/fleet/fleet-lines.ts';
import { FleetModel } from '../../../src/tui/fleet/fleet-model.ts';
import { FleetSpeech } from '../../../src/tui/fleet/fleet-speech.ts';
import { type FleetEffect, respondToFleetKey } from '../../../src/tui/fleet/respond-to-key.ts';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';
import { createTheme } from '../../../src/tui/style/theme.ts';
import { watchedHost } from '../../support/watched-host.ts';

function report(hosts: readonly WatchedHost[], full = false): FleetChange {
  return { full, hosts, removed: [], bus: { is: 'connected' }, problems: [] };
}

function modelWith(hosts: readonly WatchedHost[], size = { columns: 80, rows: 24 }): FleetModel {
  const model = new FleetModel();
  model.hubName = '10.0.0.1:19886';
  model.resize(size);
  model.take(report(hosts, true));
  return model;
}

function frame(model: FleetModel, ascii = false): string[] {
  const pens = { theme: createTheme('none'), glyphs: chooseGlyphs(ascii, { LANG: 'C.UTF-8' }) };
  return fleetFrame(model, pens, Date.now()).map((line) => stripVTControlCharacters(line).trimEnd());
}

function press(model: FleetModel, ...keys: string[]): FleetEffect | undefined {
  const textOf = (name: string) => (name === 'space' ? ' ' : name.length === 1 ? name : '');
  return keys.map((name) => respondToFleetKey(model, { name, text: textOf(name) })).at(-1);
}

const THOUSAND = Array.from({ length: 1000 }, (_, index) => watchedHost(`web-${index}`));

describe('the screen of hosts', () => {
  test('shows how many hosts are there, what runs on them, and the worst host first', () => {
    const worst = [{ id: 'api', state: 'running', unhealthy: true, until: null, why: null }] as const;
    const lines = frame(
      modelWith([
        watchedHost('web-1'),
        watchedHost('web-2', {}, { counts: { running: 2, failed: 1 }, unhealthy: 1, worst }),
        watchedHost('db-4', { presence: 'lost', seenAt: 0 }, { counts: { running: 100 }, programs: 100 }),
      ]),
    );
    expect(lines[0]).toMatch(/^ healer fleet {2}3 hosts 2 live 1 LOST {2}6 programs 5 running 1 failed/);
    expect(lines[1]).toMatch(/^ {2}1 Processes .* 6 Fleet$/);
    expect(lines[2]).toMatch(/^ {2}HOST +SITE +PROG +BAD +CPU% +MEM% +SEEN ATTENTION$/);
    expect(lines[3]).toMatch(/^▌ db-4 +eu +100 +\? +- +- +\S+ lost \(was: 100 /);
    expect(lines[4]).toMatch(/^ {2}web-2 +eu +3 +2 +13 +40 +now api unhealthy/);
    expect(lines[5]).toMatch(/^ {2}web-1 +eu +3 +0 +13 +40 +now$/);
  });

  test.each([
    [80, 24],
    [120, 35],
    [200, 50],
    [40, 10],
  ])('fits %i columns and %i rows, whatever it shows', (columns, rows) => {
    const model = modelWith(THOUSAND, { columns, rows });
    for (const key of ['down', 'space', '!', '?', '/']) {
      press(model, key);
      const lines = fleetFrame(model, { theme: createTheme('none'), glyphs: chooseGlyphs(true, {}) }, Date.now());
      expect(lines).toHaveLength(rows);
      for (const line of lines) expect(displayWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
    }
  });

  test('uses only ASCII characters on request', () => {
    const model = modelWith([...THOUSAND.slice(0, 50), watchedHost('x'.repeat(63))]);
    press(model, 'space');
    // eslint-disable-next-line no-control-regex -- control characters are part of ASCII
    expect(frame(model, true).join('\n')).toMatch(/^[\x00-\x7f]*$/);
  });

  test('scrolls through a thousand hosts', () => {
    const model = modelWith(THOUSAND);
    press(model, 'G');
    expect(frame(model).some((line) => line.startsWith('▌ web-999'))).toBe(true);
    expect(model.top).toBe(1000 - model.pageRows);
    press(model, 'pageup', 'g');
    expect(frame(model)[3]).toMatch(/^▌ web-0 /);
  });

  test('stays at the worst host until a host is selected, and then follows it', () => {
    const model = modelWith(THOUSAND.slice(0, 5));
    model.take(report([watchedHost('web-3', { presence: 'lost' })]));
    expect(model.selected?.host).toBe('web-3');
    press(model, 'down');
    expect(model.selected?.host).toBe('web-0');
    model.take(report([watchedHost('web-4', { presence: 'lost' })]));
    expect(model.selected?.host).toBe('web-0');
  });

  test('a text of a host cannot change the screen', () => {
    const model = modelWith([watchedHost('web-1', { problem: 'the row has an invalid field "host"' })]);
    expect(frame(model)[3]).toContain('the row has an');
  });
});

describe('keys', () => {
  test('/ filters by a selector while it is typed, and Esc shows all again', () => {
    const model = modelWith([...THOUSAND.slice(0, 20), watchedHost('db-1', { labels: { role: 'db' } })]);
    press(model, '/', ...Array.from('role=db'));
    expect(model.list.shownCount).toBe(1);
    press(model, 'enter');
    expect(frame(model)[1]).toMatch(/filter: role=db \(1 of 21\)$/);
    press(model, 'escape');
    expect(model.list.shownCount).toBe(21);
    press(model, '/', ...Array.from('eb-1'), 'enter');
    expect(model.list.shownCount).toBe(11);
  });

  test('an invalid selector says why, and the last valid one stays in effect', () => {
    const model = modelWith(THOUSAND.slice(0, 20));
    press(model, '/', ...Array.from('bad>x'));
    expect(frame(model).at(-2)).toMatch(/^ filter: bad>x.*"x" is not a number/);
    expect(model.filter).toBe('bad');
  });

  test('Enter opens a host that is there, and says why another one cannot be opened', () => {
    const model = modelWith([watchedHost('web-1'), watchedHost('web-2', { presence: 'lost' })]);
    expect(press(model, 'enter')).toEqual({ kind: 'none' });
    expect(frame(model).at(-2)).toMatch(/"web-2" is lost; it can be opened once it is back/);
    expect(press(model, 'down', 'enter')).toMatchObject({ kind: 'open', host: { host: 'web-1' } });
  });

  test('Space marks hosts, whose names can be copied as a selector', () => {
    const model = modelWith(THOUSAND.slice(0, 5));
    expect(press(model, 'space', 'space', 'y')).toEqual({ kind: 'copy', text: 'web-0 web-1' });
    expect(press(model, 'escape')).toEqual({ kind: 'none' });
    expect(model.marked.size).toBe(0);
    expect(press(model, 'escape')).toEqual({ kind: 'local' });
  });

  test('! shows only hosts that need attention', () => {
    const model = modelWith([watchedHost('web-1'), watchedHost('web-2', { presence: 'late' })]);
    press(model, '!');
    expect(model.list.slice(0, 10).map(({ host }) => host)).toEqual(['web-2']);
  });
});

describe('a screen reader', () => {
  test('reads out the selected host, and what changes', () => {
    const model = modelWith([watchedHost('web-1'), watchedHost('web-2')]);
    const speech = new FleetSpeech();
    expect(speech.sentencesFor(model)).toEqual([
      'Fleet, connected. Press question mark to list the keys.',
      'web-1, live, 3 programs, 1 of 2',
    ]);
    press(model, 'down');
    expect(speech.sentencesFor(model)).toEqual(['web-2, live, 3 programs, 2 of 2']);
    model.take(report([watchedHost('web-1', { presence: 'lost' })]));
    expect(speech.sentencesFor(model)).toEqual(['1 host lost.']);
    expect(speech.sentencesFor(model)).toEqual([]);
  });
});
