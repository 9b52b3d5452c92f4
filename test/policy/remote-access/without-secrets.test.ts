import { expect, test } from 'vitest';
import { withoutLogin, withoutSecrets } from '../../../src/policy/remote-access/without-secrets.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import type { ProcessDetails } from '../../../src/protocol/results/process-details.ts';
import { spec } from '../../support/programs.ts';

function shown(fields: Partial<ProcessSpecInput>): ProcessDetails['spec'] {
  // Only the definition is changed; the other details are passed through.
  const details = { spec: spec(fields), restarts: 3 } as unknown as ProcessDetails;
  const result = withoutSecrets(details);
  expect(result).toMatchObject({ restarts: 3 });
  return result.spec;
}

test('the environment is not shown', () => {
  expect(shown({ env: { TOKEN: 's3cret' } }).env).toEqual({});
});

test.each([
  ['http://user:pw@127.0.0.1:80/health', 'http://127.0.0.1:80/health'],
  ['http://127.0.0.1:80/health?token=s3cret', 'http://127.0.0.1:80/health'],
  ['http://127.0.0.1:80/health', 'http://127.0.0.1:80/health'],
])('the address of a check %s is shown as %s, without headers', (url, expected) => {
  const { health } = shown({ health: { check: { type: 'http', url, headers: { Authorization: 'Bearer x' } } } });
  expect(health?.check).toMatchObject({ url: expected, headers: {} });
});

test.each<[NonNullable<ProcessSpecInput['health']>['check']]>([
  [{ type: 'tcp', host: '127.0.0.1', port: 80 }],
  [{ type: 'exec', command: '/opt/check', args: ['-q'] }],
])('the check %j is shown unchanged', (check) => {
  expect(shown({ health: { check } }).health?.check).toMatchObject(check);
});

test('a program without a check has none', () => {
  expect(shown({}).health).toBeNull();
});

test('the credentials of a collector are removed from the settings, and nothing else', () => {
  const setting = (key: string, value: unknown) => ({ key, value, isDefault: false, meaning: 'x' });
  const endpoint = 'https://user:pw@otel.example:4318/v1?key=s3cret';
  expect(withoutLogin(setting('telemetry', { endpoint, intervalSeconds: 60 })).value).toEqual({
    endpoint: 'https://otel.example:4318/v1',
    intervalSeconds: 60,
  });
  for (const same of [
    setting('telemetry', { endpoint: null }),
    setting('telemetry', null),
    setting('api', { endpoint }),
  ])
    expect(withoutLogin(same)).toEqual(same);
});
