import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { SseOutlet } from '../../../../src/engine/servers/http/sse-outlet.ts';
import type { NotificationName, Notifications } from '../../../../src/protocol/notifications.ts';
import { logLine } from '../../../support/fake-served-engine.ts';
import { engineEvent, engineStatus } from '../../../support/program-row.ts';

class FakeResponse extends PassThrough {
  status = 0;

  writeHead(status: number): this {
    this.status = status;
    return this;
  }

  flushHeaders(): void {
    // Nothing is buffered here.
  }

  /** Returns what was written since the last call. */
  text(): string {
    return String(this.read() ?? '');
  }
}

function open(): { readonly response: FakeResponse; readonly outlet: SseOutlet } {
  const response = new FakeResponse();
  return { response, outlet: new SseOutlet(response as unknown as ServerResponse) };
}

const EVENT = engineEvent(7);
const OTHER = engineEvent(8);
const LINE = logLine('a\nb: c');
const STATUS = engineStatus();

type Case = { [Name in NotificationName]: readonly [Name, Notifications[Name], string] }[NotificationName];

test.each<Case>([
  ['events', { subscription: 0, events: [], missed: 0 }, ''],
  ['events', { subscription: 0, events: [EVENT], missed: 0 }, `id: 7\ndata: ${JSON.stringify(EVENT)}\n\n`],
  [
    'events',
    { subscription: 0, events: [EVENT, OTHER], missed: 3 },
    `event: missed\ndata: {"missed":3}\n\nid: 7\ndata: ${JSON.stringify(EVENT)}\n\nid: 8\ndata: ${JSON.stringify(OTHER)}\n\n`,
  ],
  [
    'log',
    { subscription: 0, lines: [LINE], skipped: 2, cursor: 'a.b:0:1' },
    `id: a.b:0:1\ndata: ${JSON.stringify({ lines: [LINE], skipped: 2 })}\n\n`,
  ],
  [
    'snapshot',
    {
      subscription: 0,
      full: true,
      more: false,
      at: '2026-01-01T00:00:00.000Z',
      status: STATUS,
      rows: [],
      removed: ['a'],
    },
    `data: ${JSON.stringify({ full: true, more: false, at: '2026-01-01T00:00:00.000Z', status: STATUS, rows: [], removed: ['a'] })}\n\n`,
  ],
])('%s %j is written as server-sent events', (name, params, text) => {
  const { response, outlet } = open();
  outlet.notify(name, params);
  expect(response.status).toBe(200);
  expect(response.text()).toBe(text);
});

test('a heartbeat is a comment', () => {
  const { response, outlet } = open();
  outlet.beat();
  expect(response.text()).toBe(': alive\n\n');
});

test('nothing is written after the response has ended', () => {
  const { response, outlet } = open();
  response.end();
  outlet.beat();
  outlet.notify('events', { subscription: 0, events: [EVENT], missed: 0 });
  expect(response.text()).toBe('');
});
