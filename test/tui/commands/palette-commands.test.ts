import { describe, expect, test } from 'vitest';
import { completionsOf, enterText } from '../../../src/tui/commands/palette.ts';
import { PALETTE, WORD_CHOICES } from '../../../src/tui/commands/palette-table.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { programRow } from '../../support/program-row.ts';
import { DOWN, zombie } from '../support/samples.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const STATE = screenWith([
  programRow({ id: 'api', source: 'registry' }),
  programRow({ id: 'web', source: 'registry' }),
  programRow({ id: 'worker', source: '/srv/healer.yaml:7' }),
]);

function run(text: string, state: State = STATE): ReturnType<typeof press> {
  return press(state, ':', ...Array.from(text), 'enter');
}

function message(text: string, state: State = STATE): string | undefined {
  return run(text, state).state.message?.text;
}

describe('operations without confirmation', () => {
  test.each([
    ['start web', 'start', ['web']],
    ['start web worker', 'start', ['web', 'worker']],
    ['start', 'start', ['api']],
    ['start all', 'start', ['api', 'web', 'worker']],
    ['restart web', 'restart', ['web']],
    ['rolling web', 'rolling', ['web']],
    ['reload web', 'reload', ['web']],
    ['pause web', 'pause', ['web']],
    ['resume web', 'resume', ['web']],
    ['enable web', 'enable', ['web']],
    ['hold web', 'hold', ['web']],
    ['release web', 'release', ['web']],
    ['cooldown web', 'cooldownReset', ['web']],
    ['paus web', 'pause', ['web']],
    ['  start   web  ', 'start', ['web']],
  ])(':%s performs %s on %j', (text, operation, ids) => {
    const { effects, state } = run(text);
    expect(effects).toEqual([{ kind: 'operate', operation, ids, params: {} }]);
    expect(state.overlay.kind).toBe('none');
  });
});

describe('operations with confirmation', () => {
  test.each([
    ['stop web', 'stop', ['web']],
    ['kill web', 'kill', ['web']],
    ['disable web', 'disable', ['web']],
    ['remove web', 'remove', ['web']],
    ['restart api web', 'restart', ['api', 'web']],
    ['rolling all', 'rolling', ['api', 'web', 'worker']],
    ['reload all', 'reload', ['api', 'web', 'worker']],
    ['cooldown api web', 'cooldownReset', ['api', 'web']],
  ])(':%s asks before %s of %j', (text, operation, ids) => {
    const asked = run(text);
    expect(asked.effects).toEqual([]);
    expect(asked.state.overlay).toMatchObject({
      kind: 'confirm',
      question: { operation, targets: ids.map((id) => ({ id })) },
    });
    expect(press(asked.state, 'y').effects).toEqual([{ kind: 'operate', operation, ids, params: {} }]);
    expect(press(asked.state, 'n').effects).toEqual([]);
  });
});

describe('pausing healing', () => {
  test.each([
    ['hold web 30m', ['web'], 1_800_000],
    ['hold web worker 2h', ['web', 'worker'], 7_200_000],
    ['hold 90', ['api'], 90_000],
    ['hold all 1d', ['api', 'web', 'worker'], 86_400_000],
  ])(':%s pauses it for %j, %i ms', (text, ids, forMs) => {
    expect(run(text).effects).toEqual([{ kind: 'operate', operation: 'hold', ids, params: { forMs } }]);
  });

  test('prefers a program whose id looks like a duration', () => {
    const state = screenWith([programRow({ id: '30m' }), programRow({ id: 'web' })]);
    expect(run('hold 30m', state).effects).toEqual([{ kind: 'operate', operation: 'hold', ids: ['30m'], params: {} }]);
  });
});

describe('commands that change the view', () => {
  test.each<[string, object]>([
    ['view processes', { view: { kind: 'tab', tab: 'processes' } }],
    ['view anom', { view: { kind: 'tab', tab: 'anomalies' } }],
    ['view zombies', { view: { kind: 'tab', tab: 'zombies' } }],
    ['view cooldown', { view: { kind: 'tab', tab: 'cooldown' } }],
    ['view events', { view: { kind: 'tab', tab: 'events' } }],
    ['view healing', { view: { kind: 'tab', tab: 'events' } }],
    ['sort cpu', { list: { sort: { by: 'cpu', descending: true } } }],
    ['sort na', { list: { sort: { by: 'name', descending: false } } }],
    ['filter web', { list: { filter: 'web' } }],
    ['filter', { list: { filter: '' } }],
    ['rate 0.25', { rateMs: 250 }],
    ['rate 60', { rateMs: 60_000 }],
    ['logs web', { view: { kind: 'program', id: 'web', logOf: ['web'] } }],
    ['logs', { view: { kind: 'program', id: 'api', logOf: ['api'] } }],
    ['incidents', { view: { kind: 'tab', tab: 'events' }, records: { events: { filter: 'process:api' } } }],
    ['tree', { view: { kind: 'program', id: 'api' }, showsTree: true }],
    ['wide', { list: { isWide: true } }],
    ['zoom', { isZoomed: true }],
    ['mouse', { hasMouse: false }],
    ['unhealthy', { list: { unhealthyOnly: true } }],
    ['help', { overlay: { kind: 'help', page: 0 } }],
    ['add', { overlay: { kind: 'form', form: { purpose: { kind: 'add' } } } }],
  ])(':%s results in %j', (text, expected) => {
    const { state, effects } = run(text);
    expect(state).toMatchObject(expected);
    expect(effects).toEqual([]);
  });

  test('a filter applies to the records of the current tab', () => {
    const { state } = run('filter kind:crashed', press(STATE, '5').state);
    expect(state.records.events.filter).toBe('kind:crashed');
    expect(state.list.filter).toBe('');
  });
});

describe('commands with an effect outside', () => {
  test.each<[string, object]>([
    ['edit web', { kind: 'readDefinition', id: 'web' }],
    ['edit', { kind: 'readDefinition', id: 'api' }],
    ['pager', { kind: 'page', id: 'api' }],
    ['quit', { kind: 'quit' }],
    ['q', { kind: 'quit' }],
  ])(':%s results in %j', (text, effect) => {
    expect(run(text).effects).toEqual([effect]);
  });

  test(':start-engine starts an engine that is not running', () => {
    expect(run('start-engine', { ...STATE, connection: DOWN }).effects).toEqual([{ kind: 'startEngine' }]);
    expect(message('start-engine')).toBe('the engine is already running');
  });

  test(':clean asks before it signals the parents of zombies', () => {
    const state = screenWith(['a'], { zombies: { kind: 'read', zombies: [zombie(9)], seenAtMs: NOW } });
    const asked = run('clean', state);
    expect(asked.state.overlay).toEqual({ kind: 'confirmClean', count: 1, parents: ['node (4711)'] });
    expect(press(asked.state, 'y').effects).toEqual([{ kind: 'readZombies', clean: true }]);
  });
});

describe('the command line', () => {
  test('completes the beginning of several commands to the first match instead of running one', () => {
    const { state, effects } = run('re');
    expect(effects).toEqual([]);
    expect(state.overlay).toMatchObject({ kind: 'palette', field: { text: 'restart ' } });
  });

  test.each([
    ['', 'Enter: close'],
    ['re', 'Enter: complete to "restart"'],
    ['hel', 'Enter: help'],
    ['rest web', 'Enter: restart web'],
    ['stop', 'Enter: stop api'],
    ['stop all', 'Enter: stop all (3 programs)'],
    ['xyzzy', 'unknown command "xyzzy"'],
  ])('says what Enter does with "%s"', (text, expected) => {
    expect(enterText(press(STATE, ':', ...Array.from(text)).state)).toBe(expected);
  });

  test('names the marked programs that Enter acts on, and counts those that are too many', () => {
    const marked = (count: number): string => {
      const ids = ['web', 'db', 'api', 'cron', 'mail'];
      const keys = Array.from({ length: count }, () => 'space');
      return enterText(press(screenWith(ids), ...keys, ':', ...Array.from('restart')).state);
    };
    expect(marked(2)).toMatch(/^Enter: restart \w+, \w+$/);
    expect(marked(4)).toMatch(/^Enter: restart \w+, \w+, \w+, \w+$/);
    expect(marked(5)).toMatch(/^Enter: restart \w+, \w+, \w+ and 2 more$/);
  });

  test('recalls earlier commands with Up, the newest first', () => {
    const state = run('sort cpu', run('sort name').state).state;
    const once = press(state, ':', 'up').state;
    expect(once.overlay).toMatchObject({ field: { text: 'sort cpu' } });
    const twice = press(once, 'up', 'up').state;
    expect(twice.overlay).toMatchObject({ field: { text: 'sort name' } });
    expect(press(twice, 'down').state.overlay).toMatchObject({ field: { text: 'sort cpu' } });
    expect(press(twice, 'down', 'down').state.overlay).toMatchObject({ field: { text: '' } });
  });

  test('shows the state of the programs that it offers', () => {
    const state = screenWith([
      programRow({ id: 'web', health: 'unhealthy' }),
      programRow({ id: 'job', state: 'exited' }),
    ]);
    expect(completionsOf(state, 'restart ').map(({ label, help }) => [label, help])).toEqual([
      ['web', 'running, unhealthy'],
      ['job', 'exited'],
      ['all', ''],
    ]);
  });
});

describe('mistakes', () => {
  test.each([
    ['stat', 'unknown command "stat"; did you mean "start"?'],
    ['sta web', 'unknown command "sta"'],
    ['xyzzy', 'unknown command "xyzzy"'],
    ['start wev', 'unknown program "wev"; did you mean "web"?'],
    ['start xyzzy', 'unknown program "xyzzy"'],
    ['edit none', 'unknown program "none"'],
    ['logs none', 'unknown program "none"'],
    ['view none', 'unknown tab "none"; use one of processes, anomalies, zombies, cooldown, events'],
    [
      'sort color',
      'unknown column "color"; use one of name, pid, status, cpu, memory, limits, restarts, cooldown, uptime, tree, why, source, listed, problems',
    ],
    [
      'sort',
      'unknown column ""; use one of name, pid, status, cpu, memory, limits, restarts, cooldown, uptime, tree, why, source, listed, problems',
    ],
    ['rate', 'the rate must be from 0.25 to 60 seconds'],
    ['rate 0.1', 'the rate must be from 0.25 to 60 seconds'],
    ['rate 61', 'the rate must be from 0.25 to 60 seconds'],
    ['rate fast', 'the rate must be from 0.25 to 60 seconds'],
    ['clean', 'Clean up: no zombies found'],
    ['remove worker', 'cannot remove "worker": it is defined in /srv/healer.yaml:7; delete it there, or use :disable'],
  ])(':%s is refused: %s', (text, expected) => {
    const { state, effects } = run(text);
    expect(state.message).toMatchObject({ text: expected, tone: 'bad' });
    expect(effects).toEqual([]);
    expect(state.overlay.kind).toBe('none');
  });

  test.each([
    ['start', 'Start: no program is selected'],
    ['stop', 'Stop: no program is selected'],
    ['hold', 'Pause healing of: no program is selected'],
    ['edit', 'no program is selected'],
    ['logs', 'no program is selected'],
    ['incidents', 'no program is selected'],
    ['pager', 'no program is selected'],
  ])('without programs, :%s is refused: %s', (text, expected) => {
    expect(message(text, screenWith([]))).toBe(expected);
  });

  test.each(PALETTE.filter(({ run: command }) => typeof command !== 'string').map(({ name }) => name))(
    'on a read-only screen, :%s has no effect outside',
    (name) => {
      expect(run(`${name} web`, { ...STATE, readOnly: true }).effects.filter(({ kind }) => kind === 'operate')).toEqual(
        [],
      );
    },
  );

  test('without an engine, operations are refused with their name', () => {
    expect(message('start web', { ...STATE, connection: DOWN })).toBe(
      'Start: the engine is not responding; nothing was changed',
    );
  });
});

describe('completions', () => {
  test.each([
    ['', 36],
    ['st', 4],
    ['start', 3],
    ['xyz', 0],
  ])('of %j are %i commands', (typed, count) => {
    expect(completionsOf(STATE, typed)).toHaveLength(count);
  });

  test.each([
    ['start ', ['api', 'web', 'worker', 'all']],
    ['start w', ['web', 'worker']],
    ['start web ', ['api', 'worker', 'all']],
    ['start K', ['worker']],
    ['sort m', ['memory', 'name']],
    ['view z', ['zombies']],
    ['rate 0', ['0.25', '0.5', '10']],
    ['quit ', []],
    ['filter w', []],
    ['unknown w', []],
  ])('of %j include %j', (typed, labels) => {
    const found = completionsOf(STATE, typed).map(({ label }) => label);
    expect(found).toEqual(expect.arrayContaining(labels));
    if (labels.length === 0) expect(found).toEqual([]);
  });

  test('of a command that takes words end with a space', () => {
    for (const { text, label } of completionsOf(STATE, '')) {
      const words = PALETTE.find(({ name }) => name === label)?.words;
      expect(text.endsWith(' ')).toBe(words !== 'none');
    }
  });

  test('wrap at neither end', () => {
    const first = press(STATE, ':', 'up').state.overlay;
    expect(first).toMatchObject({ chosen: -1 });
    const keys = Array<string>(50).fill('down');
    expect(press(STATE, ':', ...keys).state.overlay).toMatchObject({ chosen: 35 });
  });

  test('are dropped when typing continues', () => {
    expect(press(STATE, ':', 's', 'down', 't').state.overlay).toMatchObject({ chosen: -1, field: { text: 'st' } });
  });
});

test('every kind of word has choices for its completions', () => {
  for (const { words } of PALETTE) expect(Array.isArray(WORD_CHOICES[words](STATE))).toBe(true);
});

test('every command has a help text that starts with a lowercase verb', () => {
  for (const { help } of PALETTE) expect(help).toMatch(/^[a-z][^.]*[^.]$/);
});

describe('how the screen is drawn', () => {
  const typed = (text: string): State => press(STATE, ':', ...Array.from(text), 'enter').state;

  test('the columns, the theme and ASCII are chosen by commands', () => {
    expect(typed('columns cpu mem-trend').list.columns).toEqual(['cpu', 'mem trend']);
    expect(typed('columns all').list.columns).toBeNull();
    expect(typed('columns x').message?.text).toContain('unknown column "x"');
    expect(typed('theme light').look).toEqual({ theme: 'light', isAscii: false });
    expect(typed('theme pink').message?.text).toContain('use one of auto, dark, light, sixteen, mono');
    expect(typed('ascii').look).toEqual({ theme: 'auto', isAscii: true });
  });
});
