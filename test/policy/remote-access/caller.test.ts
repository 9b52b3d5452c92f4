import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CallerFacts,
  type CallerRules,
  judgeCaller,
  missingPermissions,
  permissionProblem,
} from '../../../src/policy/remote-access/caller.ts';
import { type Permission, PERMISSIONS, type Permissions } from '../../../src/protocol/permissions.ts';

const REMOTE: CallerFacts = {
  address: '192.0.2.9',
  names: [],
  isOwnUser: null,
  isForwarded: false,
  token: 'none',
};
const LOCAL: CallerFacts = { ...REMOTE, address: '127.0.0.1', isOwnUser: true };
const OPEN: CallerRules = { trustedHosts: ['localhost'], needsToken: false, isInsecure: false };
const TOKEN: CallerRules = { ...OPEN, needsToken: true };
const INSECURE: CallerRules = { ...OPEN, isInsecure: true };
const TRUSTING: CallerRules = { ...OPEN, trustedHosts: ['192.0.2.*', 'build.example.com'] };

function judge(facts: CallerFacts, rules: CallerRules): string {
  const judgment = judgeCaller(facts, rules);
  return judgment.caller ?? judgment.message;
}

const NEEDS_TOKEN = 'a token is required: send "Authorization: Bearer TOKEN"';
const OTHER_USER =
  'this request comes from another user on this machine, so it needs a token; set "tokenFile" in the setting "api"';
const FORWARDED = 'this request was forwarded by a proxy, so it needs a token; set "tokenFile" in the setting "api"';

describe('a caller', () => {
  test.each<[string, CallerFacts, CallerRules, string]>([
    ['from an unlisted host', REMOTE, OPEN, 'guest'],
    ['from a trusted address', REMOTE, TRUSTING, 'trusted'],
    ['from the address next to a trusted one', { ...REMOTE, address: '192.0.3.9' }, TRUSTING, 'guest'],
    ['with a trusted name', { ...REMOTE, address: '198.51.100.1', names: ['build.example.com'] }, TRUSTING, 'trusted'],
    [
      'with a name below a trusted one',
      { ...REMOTE, address: '198.51.100.1', names: ['a.build.example.com'] },
      TRUSTING,
      'guest',
    ],
    ['of the same user on this machine', LOCAL, OPEN, 'trusted'],
    ['on this machine that is not trusted', LOCAL, { ...OPEN, trustedHosts: [] }, 'guest'],
    ['of an unknown user on this machine', { ...LOCAL, isOwnUser: null }, OPEN, 'trusted'],
    ['of another user on this machine', { ...LOCAL, isOwnUser: false }, OPEN, OTHER_USER],
    ['of another user on this machine, over IPv6', { ...LOCAL, address: '::1', isOwnUser: false }, OPEN, OTHER_USER],
    ['of another user on another machine', { ...REMOTE, isOwnUser: false }, OPEN, 'guest'],
    ['behind an unknown proxy', { ...REMOTE, isForwarded: true }, OPEN, FORWARDED],
    ['behind an unknown proxy at a trusted address', { ...REMOTE, isForwarded: true }, TRUSTING, FORWARDED],
    ['behind an unknown proxy, of another user', { ...LOCAL, isOwnUser: false, isForwarded: true }, OPEN, FORWARDED],
  ])('%s, without a configured token', (_what, facts, rules, expected) => {
    expect(judge(facts, rules)).toBe(expected);
  });

  test.each<[string, CallerFacts, string]>([
    ['without a token', REMOTE, NEEDS_TOKEN],
    ['without a token on this machine', LOCAL, NEEDS_TOKEN],
    ['with a wrong token', { ...REMOTE, token: 'wrong' }, 'the token is wrong'],
    ['with a wrong token on this machine', { ...LOCAL, token: 'wrong' }, 'the token is wrong'],
    ['with the right token', { ...REMOTE, token: 'right' }, 'guest'],
    ['with the right token on this machine', { ...LOCAL, token: 'right' }, 'trusted'],
    ['with the right token, of another user', { ...LOCAL, isOwnUser: false, token: 'right' }, 'trusted'],
    ['with the right token behind an unknown proxy', { ...LOCAL, isForwarded: true, token: 'right' }, 'guest'],
  ])('%s, with a configured token', (_what, facts, expected) => {
    expect(judge(facts, TOKEN)).toBe(expected);
  });

  test.each<[string, CallerFacts, string]>([
    ['from an unlisted host', REMOTE, 'guest'],
    ['of another user on this machine', { ...LOCAL, isOwnUser: false }, 'guest'],
    ['behind an unknown proxy', { ...LOCAL, isForwarded: true }, 'guest'],
    ['of the same user', LOCAL, 'trusted'],
  ])('%s, with authentication disabled', (_what, facts, expected) => {
    expect(judge(facts, INSECURE)).toBe(expected);
  });

  test('is refused with a wrong token in every case', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (needsToken, isInsecure, isForwarded) => {
        const facts: CallerFacts = { ...LOCAL, isForwarded, token: 'wrong' };
        expect(judgeCaller(facts, { ...OPEN, needsToken, isInsecure }).caller).toBeNull();
      }),
    );
  });

  test('is never trusted behind an unknown proxy', () => {
    const anyToken = fc.constantFrom('right' as const, 'none' as const);
    const anyUser = fc.constantFrom(true, false, null);
    fc.assert(
      fc.property(anyToken, anyUser, fc.boolean(), (token, isOwnUser, isInsecure) => {
        const facts: CallerFacts = { ...LOCAL, isForwarded: true, isOwnUser, token };
        expect(judgeCaller(facts, { ...OPEN, isInsecure }).caller).not.toBe('trusted');
      }),
    );
  });
});

const ALL: Permissions = {
  allowRegister: true,
  allowDeregister: true,
  allowStart: true,
  allowStop: true,
  allowDisable: true,
  allowAutostart: true,
  allowMonitorRestart: true,
};
const ONLY_TRUSTED = 'only trusted hosts may do that';

describe('permissions', () => {
  test.each<[string, Parameters<typeof permissionProblem>, string | null]>([
    ['a guest may read', ['guest', { access: 'read', needs: null }, ALL], null],
    ['a guest may operate with the permission', ['guest', { access: 'operate', needs: ['allowStart'] }, ALL], null],
    ['a guest may do what needs no permission', ['guest', { access: 'operate', needs: [] }, ALL], null],
    ['a guest may not do what no permission allows', ['guest', { access: 'operate', needs: null }, ALL], ONLY_TRUSTED],
    ['a guest may not administer the engine', ['guest', { access: 'admin', needs: ['allowStart'] }, ALL], ONLY_TRUSTED],
    ['a trusted host may administer the engine', ['trusted', { access: 'admin', needs: null }, ALL], null],
    [
      'a trusted host needs no permission',
      ['trusted', { access: 'operate', needs: ['allowStart'] }, { ...ALL, allowStart: false }],
      null,
    ],
    [
      'a guest may not operate without the permission',
      ['guest', { access: 'operate', needs: ['allowStart'] }, { ...ALL, allowStart: false }],
      'callers that are not trusted may not do that: allowStart is off',
    ],
    [
      'a guest needs every permission',
      ['guest', { access: 'operate', needs: ['allowStart', 'allowStop'] }, { ...ALL, allowStop: false }],
      'callers that are not trusted may not do that: allowStop is off',
    ],
    [
      'all missing permissions are named',
      [
        'guest',
        { access: 'operate', needs: ['allowStart', 'allowStop'] },
        { ...ALL, allowStart: false, allowStop: false },
      ],
      'callers that are not trusted may not do that: allowStart and allowStop are off',
    ],
  ])('%s', (_what, parameters, expected) => {
    expect(permissionProblem(...parameters)).toBe(expected);
  });

  test.each(Object.keys(PERMISSIONS) as Permission[])('%s is missing exactly if it is off', (permission) => {
    expect(missingPermissions([permission, permission], { ...ALL, [permission]: false })).toEqual([permission]);
    expect(missingPermissions([permission], ALL)).toEqual([]);
  });
});
