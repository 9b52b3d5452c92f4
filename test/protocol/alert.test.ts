import { expect, test } from 'vitest';
import { type Alert, type AlertMessage, messageId } from '../../src/protocol/alert.ts';

const alert: Alert = {
  id: 'alert-1',
  kind: 'crash',
  subject: 'web',
  process: 'web',
  pid: 7,
  time: '2026-01-02T03:04:05.000Z',
  reason: 'exited with code 1 after 3 s',
  facts: [],
  done: [],
  next: '',
  heldBack: 0,
};
const from = { host: 'host', instance: 'default' };

test.each<[string, AlertMessage, string]>([
  ['an alert', { form: 'alert', alert, lines: [], from }, 'alert-1'],
  ['a digest', { form: 'digest', id: 'digest-1', alerts: [alert], from }, 'digest-1'],
])('the id of %s names the message', (_, message, id) => {
  expect(messageId(message)).toBe(id);
});
