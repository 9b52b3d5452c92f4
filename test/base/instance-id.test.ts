import { describe, expect, test } from 'vitest';
import { baseOfInstance, instanceFamilies, isInstanceOf } from '../../src/base/instance-id.ts';

test.each([
  ['web-0', 'web'],
  ['web-10', 'web'],
  ['eu-1-2', 'eu-1'],
  ['web', null],
  ['web-', null],
  ['-1', null],
  ['db-01', null],
  ['db-00', null],
  ['db-1a', null],
])('%s is an instance of %s', (id, base) => {
  expect(baseOfInstance(id)).toBe(base);
  expect(isInstanceOf(id, base ?? id.replace(/-\d*$/, ''))).toBe(base !== null);
});

describe('the instances of a program', () => {
  const programs = (source: string, ...ids: string[]) => ids.map((id) => ({ id, source }));
  test.each([
    ['have one definition', programs('a.yaml:3', 'web-0', 'web-1'), ['web']],
    ['may be a single one', programs('a.yaml:3', 'web-0'), ['web']],
    ['are no programs with leading zeros', programs('a.yaml:3', 'db-01', 'db-02'), []],
    ['are numbered from 0', programs('a.yaml:3', 'db-1', 'db-2'), []],
    ['have no gaps', programs('a.yaml:3', 'web-0', 'web-2'), []],
    ['are not programs with definitions of their own', [...programs('l:1', 'db-0'), ...programs('l:2', 'db-1')], []],
    ['are not those of a program that exists', programs('a.yaml:3', 'web', 'web-0', 'web-1'), []],
  ])('%s', (_, known, bases) => {
    expect([...instanceFamilies(known).keys()]).toEqual(bases);
  });
});
