import { describe, expect, test } from 'vitest';
import { type Operation, refusalOf } from '../../../src/policy/lifecycle/operation-rules.ts';
import { EACH_STATE } from '../../support/programs.ts';

/** One column per state, in the order of EACH_STATE: `+` is accepted, else the error. */
const CODES: Readonly<Record<string, string>> = { D: 'PROCESS_DISABLED', I: 'INVALID_STATE', R: 'ALREADY_RUNNING' };
const TABLE: Readonly<Record<Operation, string>> = {
  //             dis sto wai lau sta run pau stg bac coo fai exi
  start: '        D   +   +   R   R   R   R   +   +   +   +   +',
  stop: '         D   I   +   +   +   +   +   +   +   +   +   +',
  restart: '      D   +   +   +   +   +   +   +   +   +   +   +',
  reload: '       D   I   I   I   I   +   I   I   I   I   I   I',
  kill: '         D   I   I   +   +   +   +   +   I   I   I   I',
  pause: '        D   I   I   I   +   +   I   I   I   I   I   I',
  resume: '       D   I   I   I   I   I   +   I   I   I   I   I',
  enable: '       +   I   I   I   I   I   I   I   I   I   I   I',
  disable: '      I   +   +   +   +   +   +   +   +   +   +   +',
  cooldownReset: 'D   I   I   I   I   I   I   I   I   +   I   I',
};

describe('operations and states', () => {
  test('the table has a column for each state', () => {
    expect(EACH_STATE.map(({ name }) => name)).toEqual([
      ...['disabled', 'stopped', 'waiting', 'launching', 'starting', 'running'],
      ...['paused', 'stopping', 'backoff', 'cooldown', 'failed', 'exited'],
    ]);
  });

  test.each(Object.entries(TABLE) as [Operation, string][])('%s', (operation, row) => {
    const answers = EACH_STATE.map((state) => refusalOf(operation, 'web', state)?.code ?? '+');
    expect(answers).toEqual(
      row
        .trim()
        .split(/\s+/)
        .map((cell) => CODES[cell] ?? cell),
    );
  });

  test('a refusal names the operation, the program and its state', () => {
    for (const operation of Object.keys(TABLE) as Operation[]) {
      for (const state of EACH_STATE) {
        const refusal = refusalOf(operation, 'web', state);
        if (refusal === null) continue;
        const verb = operation === 'cooldownReset' ? 'reset the cooldown of' : operation;
        const named = state.name === 'launching' ? 'starting' : state.name;
        const shown = named === 'backoff' || named === 'cooldown' ? `in ${named}` : named;
        expect(refusal.message).toContain(`cannot ${verb} "web": it is ${shown}`);
      }
    }
  });
});
