import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { headerLines } from '../../../src/tui/lines/header-lines.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { engineStatus } from '../../support/program-row.ts';
import { pens, screenWith } from '../support/states.ts';

function header(state: State, columns: number, height = 3): string[] {
  return headerLines(state, { ...pens({ ascii: true }), columns, height }).map((text) =>
    stripVTControlCharacters(text).trimEnd(),
  );
}

describe('the host line', () => {
  const state = screenWith(['web']);

  test('shows only figures that fit in full', () => {
    expect(header(state, 80)[1]).toMatch(/load 0\.50 0\.40 0\.30$/);
    expect(header(state, 70)[1]).toMatch(/2\.0 of 8\.0 GB$/);
    expect(header(state, 110)[1]).toMatch(/Programs 2% CPU, 48 MB, 1 process$/);
    expect(header(state, 160)[1]).toMatch(
      /Programs 2% CPU, 48 MB, 1 process {2}load 0\.50 0\.40 0\.30 {2}disk 40% {2}2 cores$/,
    );
  });

  test('omits figures that have not been measured yet', () => {
    const host = { ...engineStatus().host, cpuPercent: null, memoryUsedMb: null, load: null, diskUsedPercent: null };
    expect(header({ ...state, status: engineStatus({ host }) }, 80)[1]).toMatch(/-.*Mem \.{10} {2}2 cores$/);
  });
});

test('programs are counted by state, in the order of the states', () => {
  const status = engineStatus({ counts: { failed: 1, running: 2, cooldown: 1, total: 4 } });
  expect(header(screenWith([], { status }), 100)[2]).toMatch(/4 programs +2 running +1 cooldown +1 failed$/);
  const alerts = { ...engineStatus().alerts, channels: ['mail to ops@example.com'] };
  expect(header(screenWith([], { status: engineStatus({ alerts }) }), 100)[2]).toMatch(/no alerts$/);
});

test('problems of the engine are shown', () => {
  const degraded = ['the log disk is full', 'mail is delayed'];
  const lines = header(screenWith([], { status: engineStatus({ degraded }) }), 100);
  expect(lines[2]).toContain('! 2 problems: the log disk is full');
});

test('a low screen shows everything on one line', () => {
  expect(header(screenWith(['web']), 80, 1)).toEqual([
    expect.stringMatching(/^ healer default @ build-7 +1 program +1 running$/),
  ]);
});
