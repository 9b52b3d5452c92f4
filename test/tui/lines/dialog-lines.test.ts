import { describe, expect, test } from 'vitest';
import { dialogLines } from '../../../src/tui/lines/dialog-lines.ts';
import { layoutOf } from '../../../src/tui/layout/layout.ts';
import type { UiOperation } from '../../../src/tui/state/ui-operations.ts';
import type { Overlay, Target } from '../../../src/tui/state/state.ts';
import { textField } from '../../../src/tui/state/text-field.ts';
import { OVERLAYS, scene, target, targets, visible } from '../support/samples.ts';
import { screenWith } from '../support/states.ts';

function shown(overlay: Overlay, columns = 80, height?: number): string[] {
  const state = screenWith(['api', 'web'], { overlay, size: { columns, rows: 24 } });
  return visible(dialogLines(state, scene(columns, height ?? layoutOf(state).dialog)));
}

function asking(operation: UiOperation, about: readonly Target[], columns = 80): string[] {
  return shown({ kind: 'confirm', question: { operation, targets: about, params: {} } }, columns);
}

const ANSWERS = '  y yes   n no (also Esc and Enter)';

describe('a question about one program', () => {
  test.each<[UiOperation, string]>([
    ['stop', '  Stop web-frontend (pid 24861)? (stays stopped until started)'],
    ['kill', '  Kill web-frontend (pid 24861)? (sends SIGKILL; stays stopped until started)'],
    ['restart', '  Restart web-frontend (pid 24861)?'],
    ['reload', '  Reload web-frontend (pid 24861)?'],
    ['disable', '  Disable web-frontend (pid 24861)? (stays off until enabled, across reboots)'],
    ['remove', '  Remove web-frontend (pid 24861)? (stops it and deletes its definition)'],
    ['cooldownReset', '  Reset the cooldown of web-frontend (pid 24861)? (starts immediately)'],
    ['rolling', '  Rolling restart of web-frontend (pid 24861)? (one by one; waits until each is…'],
  ])('%s is %j', (operation, question) => {
    const [rule, text, answers, ...rest] = asking(operation, [target('web-frontend', 24_861)]);
    expect(rule).toMatch(/^ Confirm ─+$/);
    expect(text).toBe(question);
    expect(answers).toBe(ANSWERS);
    expect(rest).toEqual([]);
  });

  test('without a process has no pid', () => {
    expect(asking('stop', [target('web', null)])[1]).toBe('  Stop web? (stays stopped until started)');
  });

  test.each(['stop', 'kill', 'disable', 'remove', 'restart', 'reload', 'cooldownReset'] as const)(
    '%s fits on 80 columns, for a name of 12 characters',
    (operation) => {
      expect(asking(operation, [target('web-frontend', 24_861)])[1]).not.toMatch(/…$/);
    },
  );
});

describe('a question about several programs', () => {
  test('names them below', () => {
    expect(asking('restart', targets(3)).slice(1)).toEqual(['  Restart these 3 programs?', '    p0, p1, p2', ANSWERS]);
  });

  test('fits on 80 columns for a rolling restart', () => {
    expect(asking('rolling', targets(4))[1]).toBe(
      '  Rolling restart of these 4 programs? (one by one; waits until each is up)',
    );
  });

  test('wraps the names', () => {
    const lines = asking('stop', targets(12), 40);
    expect(lines.slice(2, -1)).toEqual(['    p0, p1, p2, p3, p4, p5, p6, p7, p8,', '    p9, p10, p11']);
  });

  test('names as many as fit, and counts the others', () => {
    const lines = asking('stop', targets(100), 40);
    expect(lines).toHaveLength(7);
    expect(lines.at(-2)).toMatch(/ and \d+ more$/);
    const named = lines.slice(2, -1).join(' ').match(/p\d+/g)?.length ?? 0;
    const more = Number(/and (\d+) more/.exec(lines.at(-2) ?? '')?.[1]);
    expect(named + more).toBe(100);
  });
});

test.each([
  [1, '  Clean up 1 zombie? (sends SIGCHLD to the parents)'],
  [3, '  Clean up 3 zombies? (sends SIGCHLD to the parents)'],
])('a cleanup of %i zombies asks %j', (count, question) => {
  const lines = shown({ kind: 'confirmClean', count, parents: ['node (47)', 'sh (48)'] });
  expect(lines.slice(1)).toEqual([question, '    node (47), sh (48)', ANSWERS]);
});

describe('completions', () => {
  function completing(text: string, chosen = -1, height = 9): string[] {
    return shown({ kind: 'palette', field: textField(text), chosen }, 80, height);
  }

  test('are counted if not all fit', () => {
    expect(completing('')[0]).toMatch(/^ Command {2}Enter: close ─+ 36 matches$/);
    expect(completing('sto')[0]).toMatch(/^ Command {2}Enter: stop api ─+$/);
  });

  test('have aligned help', () => {
    expect(completing('re').slice(1, 4)).toEqual([
      '▌ restart  restart programs',
      '  reload   send programs their reload signal',
      '  resume   resume paused programs',
    ]);
  });

  test.each([
    [-1, 'start', 'resume'],
    [0, 'start', 'resume'],
    [7, 'start', 'resume'],
    [8, 'stop', 'enable'],
    [35, 'ascii', 'quit'],
  ])('scroll so that number %i is visible: from %s to %s', (chosen, first, last) => {
    const names = completing('', chosen)
      .slice(1)
      .map((text) => text.trim().split(' ')[0]);
    expect(names.at(0)).toBe(first);
    expect(names.at(-1)).toBe(last);
  });

  test('of programs have their state', () => {
    expect(completing('start ').slice(1, 4)).toEqual(['▌ api  running', '  web  running', '  all']);
  });
});

test('other overlays have no dialog', () => {
  for (const overlay of OVERLAYS) {
    if (['confirm', 'confirmClean', 'palette'].includes(overlay.kind)) continue;
    expect(shown(overlay, 80, 2)).toEqual(['', '']);
  }
});
