import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { processSpecSchema } from '../../src/protocol/process-spec.ts';
import { formLines } from '../../src/tui/lines/form-lines.ts';
import type { Form } from '../../src/tui/state/form.ts';
import { reduce } from '../../src/tui/store/reduce.ts';
import type { State } from '../../src/tui/state/state.ts';
import { settle } from '../../src/tui/store/settle.ts';
import { programRow } from '../support/program-row.ts';
import { NOW, pens, press, screenWith, snapshotTaken } from './support/states.ts';

function formOf({ overlay }: State): Form {
  if (overlay.kind !== 'form') throw new Error(`expected a form, found "${overlay.kind}"`);
  return overlay.form;
}

function typed(text: string): string[] {
  return Array.from(text);
}

function problems(state: State): Record<string, string> {
  return Object.fromEntries(
    formOf(state).fields.flatMap(({ key, problem }) => (problem === null ? [] : [[key, problem]])),
  );
}

const SPEC = processSpecSchema.parse({
  id: 'api',
  command: 'node',
  args: ['server.js', 'a b'],
  limits: { cpuPercent: 50, memoryMb: 200 },
});

function editing(): State {
  return reduce(screenWith(['api']), { kind: 'definitionRead', id: 'api', spec: SPEC });
}

describe('adding', () => {
  test('sends the fields, with the command split as in a shell', () => {
    const filled = press(screenWith(['a']), 'a', ...typed('web'), 'tab', ...typed("node 'my file.js' x"), 'tab', 'tab');
    const { effects } = press(filled.state, ...typed('50'), 'tab', ...typed('200'), 'tab', 'right', 'enter');
    expect(effects).toEqual([
      {
        kind: 'submit',
        purpose: 'add',
        id: 'web',
        values: {
          command: 'node',
          args: ['my file.js', 'x'],
          cwd: '/srv',
          limits: { cpuPercent: 50, memoryMb: 200 },
          restart: { policy: 'always' },
          healing: 'heal',
          autostart: true,
          env: {},
          schedule: null,
          groups: [],
        },
      },
    ]);
  });

  test('shows a problem at the field that is invalid, and focuses it', () => {
    const { state, effects } = press(screenWith([]), 'a', ...typed('web'), 'tab', ...typed('node "x'), 'enter');
    expect(effects).toEqual([]);
    expect(problems(state)).toMatchObject({ command: expect.stringContaining('never closed') as string });
    expect(formOf(state).focused).toBe(1);
    expect(problems(press(state, '"').state)).toEqual({});
  });

  test('joins the lines of a paste', () => {
    const { state } = press(screenWith([]), 'a');
    const pasted = reduceKey(state, 'web\nserver');
    expect(formOf(pasted).fields[0]?.field.text).toBe('web server');
  });
});

function reduceKey(state: State, text: string): State {
  return press(state, ...typed(text.replace('\n', ' '))).state;
}

describe('editing', () => {
  test('reads the definition first', () => {
    expect(press(screenWith(['api']), 'e').effects).toEqual([{ kind: 'readDefinition', id: 'api' }]);
  });

  test('shows the command quoted as in a shell', () => {
    expect(formOf(editing()).fields[0]?.field.text).toBe("node server.js 'a b'");
  });

  test('sends only changed fields', () => {
    const { effects } = press(editing(), 'tab', 'tab', 'tab', 'ctrl-u', ...typed('800'), 'enter');
    expect(effects).toEqual([{ kind: 'submit', purpose: 'edit', id: 'api', values: { limits: { memoryMb: 800 } } }]);
  });

  test('an empty limit means no limit', () => {
    const { effects } = press(editing(), 'tab', 'tab', 'ctrl-u', 'enter');
    expect(effects).toMatchObject([{ values: { limits: { cpuPercent: null } } }]);
  });

  test('without a change sends nothing to the engine', () => {
    const { effects, state } = press(editing(), 'enter');
    expect(effects).toEqual([]);
    expect(state.message?.text).toBe('no changes');
  });

  describe('shows what is suggested', () => {
    const reason = 'the highest usage was 310 MB; half of that as room';
    const suggestions = [
      { field: 'limits.memoryMb', now: 200, proposed: 465, reason },
      { field: 'health.timeoutMs', now: 1000, proposed: 6000, reason: 'the slowest answer took 2 s' },
    ];
    const read = (state: State, id = 'api'): State => reduce(state, { kind: 'suggestionsRead', id, suggestions });
    const textOf = (state: State): string => {
      const lines = formLines(state, { ...pens(), columns: 80, height: 22 });
      expect(lines).toHaveLength(22);
      return stripVTControlCharacters(lines.join('\n'));
    };

    test('at the field, and why once it has the focus', () => {
      const state = read(editing());
      expect(textOf(state)).toMatch(/\[200 {2}\] MB {2}suggested: 465/);
      expect(textOf(state)).not.toContain(reason);
      const { state: focused } = press(state, 'tab', 'tab', 'tab');
      expect(textOf(focused)).toContain(`Suggested: 465 (${reason})`);
      expect(textOf(focused).replaceAll(/\s+/g, ' ')).toContain(`(${reason}); ^y types it`);
    });

    test('and types it at one key, then the next one, and sends what was typed', () => {
      const { state: first } = press(read(editing()), 'ctrl-y');
      expect(textOf(first)).not.toContain('suggested: 465');
      expect(press(first, 'enter').effects).toMatchObject([
        { kind: 'submit', id: 'api', values: { limits: { memoryMb: 465 } } },
      ]);
      const { state: both } = press(first, 'ctrl-y', 'ctrl-y');
      expect(textOf(both)).not.toContain('suggested:');
      expect(textOf(both)).toMatch(/Check timeout +\* 6000ms/);
    });

    test('and a key for it changes nothing without a suggestion', () => {
      const form = editing();
      expect(press(form, 'ctrl-y').state.overlay).toEqual(form.overlay);
    });

    test('until it is typed', () => {
      const { state } = press(read(editing()), 'tab', 'tab', 'tab', 'ctrl-u', ...typed('465'));
      expect(textOf(state)).not.toContain('suggested: 465');
    });

    test('in the form of that program only', () => {
      const form = editing();
      expect(read(form, 'web')).toBe(form);
      const list = screenWith(['api']);
      expect(read(list)).toBe(list);
      const adding = press(list, 'a').state;
      expect(read(adding)).toBe(adding);
    });
  });

  test("shows the engine's problems at their fields, and all others below", () => {
    const refused = reduce(press(editing(), 'tab', 'tab', 'ctrl-u', '0', 'enter').state, {
      kind: 'formRefused',
      message: 'invalid definition',
      issues: [
        { path: 'changes.limits.cpuPercent', message: 'Too small' },
        { path: 'dependsOn', message: 'a cycle' },
      ],
    });
    expect(problems(refused)).toEqual({ cpu: 'Too small' });
    expect(formOf(refused)).toMatchObject({ isSent: false, problem: 'dependsOn: a cycle' });
    const text = formLines(refused, { ...pens(), columns: 60, height: 14 }).join('\n');
    expect(text).toContain('Too small');
    expect(text).toContain('dependsOn: a cycle');
  });

  test('when accepted, shows the result and the equivalent command', () => {
    const sent = press(editing(), 'tab', 'tab', 'tab', 'ctrl-u', ...typed('800'), 'enter').state;
    const result = { id: 'api', added: [], removed: [], restarted: [], changed: ['api'], applied: true };
    const { message, overlay } = reduce(sent, { kind: 'formAccepted', result, nowMs: NOW });
    expect(overlay.kind).toBe('none');
    expect(message).toMatchObject({ text: 'changed api in place', command: 'healer update --memory 800 api' });
  });

  test('a problem that is longer than the screen is wrapped', () => {
    const message = 'an id is 1 to 64 of A-Z a-z 0-9 . _ @ - and starts with a letter or a digit';
    const refused = reduce(press(editing(), 'tab').state, {
      kind: 'formRefused',
      message: '',
      issues: [{ path: 'changes.cwd', message }],
    });
    const lines = formLines(refused, { ...pens(), columns: 60, height: 16 });
    expect(stripVTControlCharacters(lines.join(' ')).replaceAll(/ +/g, ' ')).toContain(message);
  });

  test('a program that was just added is selected once it is listed', () => {
    const filled = press(screenWith(['a', 'b']), 'a', ...typed('web'), 'tab', ...typed('sleep 9'), 'enter').state;
    const result = { id: 'web', added: ['web'], removed: [], restarted: [], changed: [], applied: true };
    const added = settle(reduce(filled, { kind: 'formAccepted', result, nowMs: NOW }));
    expect(added.list.selectedId).toBe('a');
    const listed = snapshotTaken(
      added,
      ['a', 'b', 'web'].map((id) => programRow({ id })),
    );
    expect(listed.list.selectedId).toBe('web');
    expect(press(listed, 'k').state.list.selectedId).toBe('b');
  });

  test('a field with a few values shows all of them and accepts no others', () => {
    const onRestart = press(editing(), 'tab', 'tab', 'tab', 'tab', 'x').state;
    expect(formLines(onRestart, { ...pens(), columns: 80, height: 14 }).join('\n')).toMatch(
      /on-failure.*always.*never/,
    );
    expect(formOf(press(onRestart, ' ', ' ').state).fields[4]?.field.text).toBe('never');
  });

  test('keeps the focused field visible on a low screen', () => {
    const last = press(editing(), 'shift-tab').state;
    const lines = formLines(last, { ...pens(), columns: 40, height: 5 });
    expect(lines).toHaveLength(5);
    expect(lines.join('\n')).toContain('Alerts');
  });
});

test('a read-only screen opens no form or dialog', () => {
  const state = screenWith(['api'], { readOnly: true });
  for (const key of ['a', 'e', 'd', 'h'])
    expect(press(state, key)).toMatchObject({ effects: [], state: { overlay: { kind: 'none' } } });
});
