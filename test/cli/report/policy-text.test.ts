import { expect, test } from 'vitest';
import {
  conditionText,
  hooksText,
  readyText,
  reloadText,
  restartText,
  schedulingText,
  socketsText,
} from '../../../src/cli/report/policy-text.ts';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';

const spec = (fields: object) => processSpecSchema.parse({ id: 'web', command: 'x', ...fields });

test('a program without these fields has no text for them', () => {
  const plain = spec({});
  expect([readyText, socketsText, hooksText, schedulingText, conditionText].map((text) => text(plain))).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
  expect(reloadText(plain.reload)).toBe('SIGHUP');
});

test.each([
  [{ log: 'listening' }, 'log line "listening" within 1m 00s, else restart'],
  [{ notify: true, failAction: 'fail' }, 'READY=1 on NOTIFY_SOCKET within 1m 00s, else fail'],
  [{ fd: 3 }, 'newline on descriptor 3 within 1m 00s, else restart'],
  [{ message: 'ready', timeoutMs: '5s' }, 'message "ready" within 5.0s, else restart'],
  [{ delayMs: '2s' }, 'up for 2.0s'],
])('ready %j: %s', (ready, text) => {
  expect(readyText(spec({ ready }))).toBe(text);
});

test('a program that is never restarted has no delays', () => {
  expect(restartText(spec({ restart: 'never' }).restart)).toBe('never');
  expect(restartText(spec({ restart: { maxAttempts: 3, retryIndefinitely: true } }).restart)).toBe(
    'on-failure, after 0ms, 1.0s, 2.0s, 5.0s, at most 3 attempts in a row, then one every 6h 00m',
  );
});

test('sockets, hooks, jobs and conditions are shown with their values', () => {
  const sockets = [{ listen: '127.0.0.1:80', name: 'http' }, { listen: 81 }];
  expect(socketsText(spec({ sockets }))).toBe('127.0.0.1:80 (http), 81');
  expect(hooksText(spec({ hooks: { crashed: ['./page me', 'x'] } }))).toBe('crashed: "./page me" x');
  const job = {
    schedule: '0 3 * * *',
    restart: 'never',
    scheduling: { overlap: 'queue', jitterMs: '5m', catchUp: true },
  };
  expect(schedulingText(spec(job))).toBe('overlap queue, delayed by up to 5m 00s, missed runs are caught up once');
  const health = { check: { type: 'tcp', port: 1 }, failures: '3 of 5', successesRequired: 2 };
  expect(conditionText(spec({ health }))).toBe('unhealthy after 3 of 5 failed checks, healthy after 2 passed');
  expect(reloadText(spec({ reload: { strategy: 'rolling' } }).reload)).toBe(
    'rolling: instances are restarted one after another',
  );
});
