import { describe, expect, test } from 'vitest';
import { formLines } from '../../../src/tui/lines/form-lines.ts';
import { addForm, type Form, refuseForm } from '../../../src/tui/state/form.ts';
import { textField } from '../../../src/tui/state/text-field.ts';
import { scene, visible } from '../support/samples.ts';
import { press, screenWith } from '../support/states.ts';

const FORM = addForm('/srv');

function shown(form: Form, columns = 60, height = 14): string[] {
  return visible(formLines(screenWith([], { overlay: { kind: 'form', form } }), scene(columns, height)));
}

test('a new form has all fields, and the hint of the first', () => {
  expect(shown(FORM)).toEqual([
    ` Add a program ${'─'.repeat(44)}`,
    ' ▌Id',
    '  Command',
    '  Directory          /srv',
    '  CPU limit',
    '  Memory limit',
    '  Restart            on-failure',
    '  Healing            heal',
    '  Autostart          yes',
    '  Environment',
    '  Planned restart',
    '  Groups',
    '',
    '  the unique name of the program, such as web',
  ]);
});

test('a field with a few values shows all of them while it has the focus', () => {
  expect(shown({ ...FORM, focused: 5 })[6]).toBe(' ▌Restart             on-failure   always   never');
});

test('a form that was sent shows that it is being applied', () => {
  expect(shown({ ...FORM, isSent: true })[0]).toMatch(/^ Add a program \(applying \.\.\.\) ─+$/);
});

test('a form for an existing program marks changed fields', () => {
  const fields = FORM.fields.map((field) => (field.key === 'cpu' ? { ...field, field: textField('50') } : field));
  const lines = shown({ ...FORM, purpose: { kind: 'edit', id: 'web' }, fields });
  expect(lines[0]).toMatch(/^ Edit web ─+$/);
  expect(lines[4]).toBe('  CPU limit        * 50');
  expect(lines[5]).toBe('  Memory limit');
});

describe('problems', () => {
  test('are below their fields', () => {
    const refused = refuseForm(FORM, '', [{ path: 'command', message: 'a command is required' }]);
    expect(shown(refused).slice(2, 4)).toEqual([' ▌Command', `${' '.repeat(21)}a command is required`]);
  });

  test('are wrapped', () => {
    const refused = refuseForm(FORM, '', [{ path: 'command', message: 'one two three four five six' }]);
    expect(shown(refused, 40).slice(3, 5)).toEqual([
      `${' '.repeat(21)}one two three four`,
      `${' '.repeat(21)}five six`,
    ]);
  });

  test('that belong to no field are above the hint', () => {
    const lines = shown(refuseForm(FORM, 'the engine is shutting down', []));
    expect(lines.slice(-2)).toEqual(['  the engine is shutting down', '  the unique name of the program, such as web']);
  });
});

test.each([3, 4, 6, 9])('on %i rows, the focused field is visible', (height) => {
  for (let focused = 0; focused < FORM.fields.length; focused += 1) {
    const lines = shown({ ...FORM, focused }, 60, height);
    expect(lines).toHaveLength(height);
    expect(lines.filter((line) => line.startsWith(' ▌'))).toHaveLength(1);
  }
});

test('a long text is scrolled so that the caret is visible', () => {
  const text = 'x'.repeat(100) + 'end';
  const fields = FORM.fields.map((field) => (field.key === 'id' ? { ...field, field: textField(text) } : field));
  expect(shown({ ...FORM, fields })[1]).toMatch(/xend$/);
});

test('on a wide screen the form is in a box, with units and signs around the chosen value', () => {
  const fields = FORM.fields.map((field) => (field.key === 'cpu' ? { ...field, field: textField('80') } : field));
  const lines = shown({ ...FORM, fields, focused: 5 }, 120, 30);
  expect(lines[1]).toMatch(/^ {12}╭─ Add a program ─+╮$/);
  expect(lines.find((line) => line.includes('CPU limit'))).toMatch(/ \[80 {3}\] % of one core +│$/);
  expect(lines.find((line) => line.includes('▌Restart'))).toContain('‹ on-failure ›  always   never');
});

test('on a screen with fewer rows than fields, the box has a scroll bar, and the focused field is visible', () => {
  const fields = [...FORM.fields, ...FORM.fields];
  for (let focused = 0; focused < fields.length; focused += 1) {
    const lines = shown({ ...FORM, fields, focused }, 120, 20);
    expect(lines).toHaveLength(20);
    expect(lines[1]).toMatch(/^ {12}╭─ Add a program ─+╮$/);
    expect(lines.at(-1)).toMatch(/^ {12}╰─+╯$/);
    expect(lines.filter((line) => line.includes('▌'))).toHaveLength(1);
    const bar = lines.slice(2, -1).map((line) => line.at(-1));
    expect(bar.filter((sign) => sign === '█').length).toBeGreaterThan(5);
    expect(bar.filter((sign) => sign === '│').length).toBeGreaterThan(0);
    expect(bar.indexOf('█') === 1).toBe(focused < 15);
  }
});

test('without a form there are no lines', () => {
  expect(visible(formLines(press(screenWith(['a']), '?').state, scene(60, 3)))).toEqual(['', '', '']);
});
