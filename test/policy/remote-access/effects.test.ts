import { expect, test } from 'vitest';
import { permissionsToUnset } from '../../../src/policy/remote-access/effects.ts';
import { spec } from '../../support/programs.ts';

test.each([
  ['enabled', ['allowDisable', 'allowStart', 'allowStop']],
  ['autostart', ['allowAutostart', 'allowDisable', 'allowStop']],
  ['schedule', ['allowDisable', 'allowStart', 'allowStop']],
  ['limits', ['allowDisable', 'allowStart', 'allowStop']],
  ['notify', ['allowDisable', 'allowStop']],
  ['name', []],
] as const)('taking back a change of %s needs %j, whatever the value becomes', (field, needs) => {
  for (const enabled of [true, false]) {
    const current = spec({ id: 'web', enabled, autostart: enabled, schedule: enabled ? null : '0 4 * * *' });
    expect(permissionsToUnset(current, [field]).toSorted()).toEqual(needs);
  }
});
