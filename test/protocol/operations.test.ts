import { describe, expect, test } from 'vitest';
import { METHODS } from '../../src/protocol/methods/methods.ts';
import { type OperationName, operationOf, OPERATIONS } from '../../src/protocol/operations.ts';
import { PROCESS_STATES } from '../../src/protocol/process-state.ts';

const NAMES = Object.keys(OPERATIONS) as OperationName[];

/** One column for each state, in the order of PROCESS_STATES: `a` is allowed, `A` is also meant by "all". */
const TABLE: Readonly<Record<OperationName, string>> = {
  //              run sta pau stg wai bac coo fai exi sto dis
  start: '         -   -   -   a   A   A   A   A   A   A   -',
  stop: '          A   A   A   A   A   A   A   a   a   -   -',
  restart: '       A   A   A   A   A   A   A   A   a   a   -',
  reload: '        A   -   -   -   -   -   -   -   -   -   -',
  kill: '          A   A   A   A   -   -   -   -   -   -   -',
  pause: '         A   a   -   -   -   -   -   -   -   -   -',
  resume: '        -   -   A   -   -   -   -   -   -   -   -',
  enable: '        -   -   -   -   -   -   -   -   -   -   A',
  disable: '       A   A   A   A   A   A   A   A   A   A   -',
  hold: '          A   A   A   A   A   A   A   A   A   A   A',
  release: '       A   A   A   A   A   A   A   A   A   A   A',
  cooldownReset: ' -   -   -   -   -   -   A   -   -   -   -',
  remove: '        A   A   A   A   A   A   A   A   A   A   A',
};

describe('operations', () => {
  test.each(NAMES)('%s is allowed in these states, and means these with "all"', (name) => {
    const { allowedIn, meantByAll } = operationOf(name);
    const cells = PROCESS_STATES.map((state) => {
      if (meantByAll.includes(state)) return 'A';
      return allowedIn.includes(state) ? 'a' : '-';
    });
    expect(cells).toEqual(TABLE[name].trim().split(/\s+/));
  });

  test.each(NAMES)('%s means no programs with "all" that would refuse it', (name) => {
    const { allowedIn, meantByAll } = operationOf(name);
    expect(meantByAll.filter((state) => !allowedIn.includes(state))).toEqual([]);
  });

  test('each is a method', () => {
    expect(NAMES.filter((name) => !(name in METHODS))).toEqual([]);
  });
});
