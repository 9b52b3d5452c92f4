import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { logLines } from '../../../src/tui/lines/log-lines.ts';
import { titleLines } from '../../../src/tui/lines/program-lines.ts';
import { footerLines } from '../../../src/tui/lines/footer-lines.ts';
import { openProgram } from '../../../src/tui/commands/view-commands.ts';
import { programTones } from '../../../src/tui/style/program-tones.ts';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { programRow } from '../../support/program-row.ts';
import { logLine } from '../support/fake-world.ts';
import { pens, press, screenWith } from '../support/states.ts';

/** Opens the log of several programs, each of which wrote a line. */
function jointLog(ids: readonly string[]): State {
  const state = settle(openProgram(screenWith(ids.map((id) => programRow({ id }))), ids[0] ?? '', ids));
  const log = ids.reduce((held, id) => appendLog(held, id, [{ ...logLine(`from ${id}`), time: null }], 0), state.log);
  return { ...state, log };
}

function drawn(state: State, { columns = 80, ascii = false } = {}): string[] {
  return logLines(state, { ...pens({ ascii }), columns, height: 6 }).map((line) =>
    stripVTControlCharacters(line).trimEnd(),
  );
}

const IDS = ['api-gateway', 'worker-0', 'order-reconciliation-nightly-eu-01'];

describe('the log of several programs', () => {
  test('names each program with its key in the heading, and in front of its lines', () => {
    const [heading, first, , third] = drawn(jointLog(IDS), { columns: 140 });
    expect(heading).toMatch(/Log following +1 api-gateway ● +2 worker-0 ● +3 order-reconciliation-nightly-eu-01 ●/);
    expect(first).toMatch(/^ ▎api-gateway +from api-gateway$/);
    expect(third).toMatch(/^ ▎order-reconciliation-nightly-eu-01 +from order/);
  });

  test.each([40, 60, 80])('keeps the keys in the heading at %i columns', (columns) => {
    const ids = Array.from({ length: 8 }, (_, index) => `a-rather-long-name-${String(index)}`);
    const [heading = ''] = drawn(jointLog(ids), { columns });
    for (const key of ['1', '2', '3', '4']) expect(heading).toContain(` ${key} `);
  });

  test('draws with ASCII characters only, if asked to', () => {
    const lines = drawn(jointLog(['api', 'web']), { ascii: true }).join('\n');
    expect(lines).toMatch(/^[ -~\n]*$/);
    expect(lines).toContain(' |api');
  });

  test('gives each program its own color, the same in the heading and in front of its lines', () => {
    const scene = { ...pens({ color: '16' }), columns: 100, height: 6 };
    const tones = programTones(IDS);
    expect(new Set(tones.values()).size).toBe(3);
    const [heading = '', first = ''] = logLines(jointLog(IDS), scene);
    const color = scene.theme.paint(tones.get('api-gateway') ?? 'plain', 'x').split('x')[0] ?? '';
    expect(heading).toContain(`${color}1 api-gateway`);
    expect(first).toContain(`${color}▎api-gateway`);
  });

  test('keeps the color of a program whatever else is shown, if it is free', () => {
    expect(programTones(['worker-0', 'db']).get('worker-0')).toBe(programTones(['worker-0']).get('worker-0'));
  });

  test('mutes a program by its number, and shows all again with 0', () => {
    const muted = press(jointLog(IDS), '2').state;
    expect(muted.message?.text).toBe('muted worker-0');
    expect(drawn(muted, { columns: 140 }).join('\n')).not.toContain('from worker-0');
    expect(drawn(muted, { columns: 140 })[0]).toContain('2 worker-0 ○');
    expect(drawn(press(muted, '0').state, { columns: 140 }).join('\n')).toContain('from worker-0');
    expect(drawn(press(muted, '2').state, { columns: 140 }).join('\n')).toContain('from worker-0');
    expect(press(muted, '7').state.message?.text).toBe('the log has no program 7');
  });

  test('says how many programs keys act on, and they act on all of them', () => {
    const state = jointLog(IDS);
    const [title = ''] = titleLines(state, { ...pens(), columns: 80, height: 1 });
    expect(stripVTControlCharacters(title)).toContain('3 programs  3 running  keys act on all of them');
    expect(press(state, 'x', 'y').effects).toMatchObject([{ kind: 'operate', operation: 'stop', ids: IDS }]);
    expect(footerLines(state, { ...pens(), columns: 120, height: 1 }).join('')).toContain('mute');
  });

  test('says how many programs are beyond what is shown together', () => {
    const ids = Array.from({ length: 11 }, (_, index) => `p${String(index)}`);
    expect(drawn(jointLog(ids), { columns: 140 })[0]).toContain('and 3 more, not shown');
  });
});
