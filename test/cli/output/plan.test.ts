import { describe, expect, test } from 'vitest';
import { describeProblem, hasErrors, noteProblems, printPlan } from '../../../src/cli/output/plan.ts';
import type { ConfigPlan, ConfigProblem } from '../../../src/protocol/results/config-plan.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

const NOTHING: ConfigPlan = { added: [], removed: [], restarted: [], changedInPlace: [], unchanged: [] };

function printed(plan: Partial<ConfigPlan>, isDone: boolean): readonly string[] {
  const terminal = recordingTerminal();
  printPlan(terminal, { ...NOTHING, ...plan }, isDone);
  return terminal.out;
}

describe('a plan', () => {
  test.each<[what: string, plan: Partial<ConfigPlan>, dryRun: string[], applied: string[]]>([
    ['without changes', { unchanged: ['web'] }, ['Nothing would change.'], ['Nothing changed.']],
    [
      'with additions',
      { added: ['web', 'db'] },
      ['would add  web, db', 'unchanged  0'],
      ['added      web, db', 'unchanged  0'],
    ],
    [
      'with a removal',
      { removed: ['web'], unchanged: ['db'] },
      ['would remove  web', 'unchanged     1'],
      ['removed    web', 'unchanged  1'],
    ],
    [
      'with a restart',
      { restarted: [{ id: 'web', fields: ['env', 'args'] }] },
      ['would restart  web (env, args)', 'unchanged      0'],
      ['restarted  web (env, args)', 'unchanged  0'],
    ],
    [
      'with a change in place',
      { changedInPlace: [{ id: 'web', fields: ['limits'] }], unchanged: ['a', 'b'] },
      ['would change in place  web (limits)', 'unchanged              2'],
      ['changed in place  web (limits)', 'unchanged         2'],
    ],
  ])('%s', (_what, plan, dryRun, applied) => {
    expect(printed(plan, false)).toEqual(dryRun);
    expect(printed(plan, true)).toEqual(applied);
  });
});

const PROBLEM: ConfigProblem = {
  severity: 'error',
  file: 'healer.yaml',
  line: 3,
  column: 5,
  message: 'unknown field "comand"',
  hint: 'did you mean "command"?',
};

describe('problems', () => {
  test('are printed to stderr, one per line, with their number and the refused files', () => {
    const terminal = recordingTerminal();
    const warning = { ...PROBLEM, severity: 'warning' as const, line: null, column: null };
    noteProblems(terminal, { problems: [PROBLEM, warning], moreProblems: 7, refused: ['/srv/healer.yaml'] });
    expect(terminal.out).toEqual([]);
    expect(terminal.err).toEqual([
      describeProblem(PROBLEM),
      describeProblem(warning),
      'and 7 more problems',
      '"/srv/healer.yaml" was not applied because it contains errors',
    ]);
  });

  test('start with their severity and position', () => {
    expect(describeProblem(PROBLEM)).toMatch(/^error: healer\.yaml:3:5: unknown field "comand"/);
  });

  test('contain no control characters of a file name', () => {
    const terminal = recordingTerminal();
    noteProblems(terminal, { problems: [], moreProblems: 0, refused: ['a\x1b[2Jb'] });
    expect(terminal.err.join()).not.toContain('\x1b');
  });

  test.each<[ConfigProblem['severity'][], boolean]>([
    [[], false],
    [['warning'], false],
    [['warning', 'error'], true],
  ])('of severity %j are errors: %s', (severities, areErrors) => {
    expect(hasErrors({ problems: severities.map((severity) => ({ ...PROBLEM, severity })) })).toBe(areErrors);
  });
});
