import { headers, type MsgHdrs } from '@nats-io/nats-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bus } from '../../src/fleet/bus/connect-bus.ts';
import { personCredentialFile, writeCredential } from '../../src/fleet/bus/credential.ts';
import { writeFacts } from '../../src/fleet/contract/facts.ts';
import { writeRow } from '../../src/fleet/contract/row.ts';
import { hostSubject } from '../../src/fleet/contract/subjects.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/protocol-version.ts';
import { fleetFacts, fleetRow } from '../support/fleet-rows.ts';
import { HealerHome } from '../support/healer-home.ts';
import { NatsHub } from '../support/nats-hub.ts';
import { CLI } from '../support/run-cli.ts';
import { openShell, shows } from '../support/shell.ts';

/** Sets the title and the clipboard, moves the cursor, and clears the screen. */
const ESCAPES = '\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007\u001b[2J\u001b[H\u009b31m\u202e\r\nowned';
/** What of it a terminal would obey. */
const OBEYED = /(?![\t\n])[\p{Cc}\u202a-\u202e]/u;
/** The largest message that the bus carries. */
const LARGEST = 1024 * 1024 - 1024;

const GOOD = { site: 'default', host: 'web-01' };
const LIAR = { site: 'default', host: 'web-02' };

/** Answers that are not what the method returns. */
const ANSWERS: readonly (readonly [what: string, answer: unknown])[] = [
  ['nothing', ''],
  ['a number', { result: 5 }],
  ['null', { result: null }],
  ['an empty object', { result: {} }],
  ['a list of nulls', { result: [null, null] }],
  ['a list of texts', { result: [ESCAPES, ESCAPES] }],
  ['objects of escape sequences', { result: [{ id: ESCAPES, state: ESCAPES, name: ESCAPES, reason: ESCAPES }] }],
  ['an error of escape sequences', { error: { code: -32_000, message: ESCAPES, data: { code: ESCAPES } } }],
  ['the largest message', { result: ['x'.repeat(LARGEST - 100)] }],
  ['deep nesting', `{"result":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
];

/** Tables that are not what a host has. */
const TABLES: readonly (readonly [what: string, table: Record<string, unknown>])[] = [
  ['no status', {}],
  ['rows that are null', { rows: [null, null] }],
  [
    'fields of other types',
    { rows: [{ id: 5, state: {}, uptimeMs: 'x', memoryMb: [], pid: ESCAPES, why: 7, name: {} }] },
  ],
  ['rows of escape sequences', { rows: [{ id: ESCAPES, state: ESCAPES, why: ESCAPES, health: ESCAPES }] }],
];

const COMMANDS = ['ls', 'status', 'describe web', 'why web', 'events -n 5', 'logs web -n 2', 'cooldown', 'restart web'];

/** Headers as they are, which a host may send without this client. */
function rawHeader(text: string): MsgHdrs {
  const fake = headers();
  return Object.assign(fake, { encode: () => Buffer.from(text, 'latin1') });
}

describe('a host that lies', { timeout: 240_000 }, () => {
  let hub: NatsHub;
  let operator: HealerHome;
  let good: Bus;
  let liar: Bus;
  let answer: unknown = '';
  /** Answers to some methods that differ from the others. */
  let answers: Readonly<Record<string, unknown>> = {};
  let seq = 1;

  beforeAll(async () => {
    hub = await NatsHub.start();
    operator = new HealerHome();
    good = await hub.connect(await hub.credential('host', 'web-01'));
    liar = await hub.connect(await hub.credential('host', 'web-02'));
    writeCredential(personCredentialFile(operator.paths.configDir), await hub.credential('admin', 'ann'));
    liar.nats.subscribe('healer.v1.default.web-02.rpc.>', {
      callback: (_error, message) => {
        const method = message.subject.split('.')[6] ?? '';
        const chosen = answers[method] ?? answer;
        message.respond(typeof chosen === 'string' ? chosen : JSON.stringify(chosen));
      },
    });
    await liar.nats.flush();
  });

  afterAll(async () => {
    await operator[Symbol.asyncDispose]();
    await hub[Symbol.asyncDispose]();
  });

  async function sendGoodRow(): Promise<void> {
    good.nats.publish(
      hostSubject('default', 'web-01', 'row'),
      writeRow(fleetRow({ ...GOOD, seq: seq++, at: Date.now() })),
    );
    await good.nats.flush();
  }

  /** The row of a host that lies, with anything in it. */
  async function sendRow(row: string | Uint8Array): Promise<void> {
    liar.nats.publish(hostSubject('default', 'web-02', 'row'), row);
    await liar.nats.flush();
  }

  function liarsRow(fields: Record<string, unknown> = {}): string {
    const row = JSON.parse(writeRow(fleetRow({ ...LIAR, seq: seq++, at: Date.now() }))) as object;
    return JSON.stringify({ ...row, ...fields });
  }

  test('cannot send the row of another host', async () => {
    await sendGoodRow();
    const other = writeRow(fleetRow({ ...GOOD, seq: 1_000_000, counts: { failed: 3 } }));
    liar.nats.publish(hostSubject('default', 'web-01', 'row'), other);
    await liar.nats.flush();
    await sendRow(other);
    const hosts = JSON.parse(await operator.ok('fleet', 'ls', '--json')) as Record<string, unknown>[];
    expect(hosts.find(({ host }) => host === 'web-01')).toMatchObject({
      presence: 'live',
      row: { counts: { running: 3 } },
    });
    expect(hosts.find(({ host }) => host === 'web-02')).toMatchObject({
      problem: 'the row has an invalid field "host"',
    });
  });

  test.each([
    ['that are no JSON', () => 'owned'],
    ['of the largest size', () => 'x'.repeat(LARGEST)],
    ['that are nested deeply', () => `${'{"a":'.repeat(700)}1${'}'.repeat(700)}`],
    ['that are not text', () => new Uint8Array(1000).fill(0xff)],
    ['with escape sequences', () => liarsRow({ worst: [{ id: 'web', state: 'failed', why: ESCAPES }] })],
    ['with an id of escape sequences', () => liarsRow({ worst: [{ id: ESCAPES, state: 'failed' }] })],
    ['with a version of escape sequences', () => liarsRow({ ver: ESCAPES })],
    ['with impossible numbers', () => liarsRow({ cpu: 1e308, seq: -1, counts: { running: 1e300 } })],
  ])('sends rows %s, and the list of hosts stays as it is', async (_what, row) => {
    await sendGoodRow();
    await sendRow(row());
    const { code, stdout, stderr } = await operator.run('fleet', 'ls');
    expect(code).toBe(0);
    expect(stdout).toMatch(/web-01 .*live/);
    expect(stdout.split('\n').filter((line) => line.includes('web-0'))).toHaveLength(2);
    expect(stdout + stderr).not.toMatch(OBEYED);
  });

  test.each([
    ['an invalid name', 'a b\u0000: c'],
    ['a line without a name', ': c'],
    ['the mark of a removed key', 'KV-Operation: DEL'],
    ['another subject', `Nats-Subject: ${hostSubject('default', 'web-01', 'row')}`],
    ['no text', '\u00ff\u00fe: \u00ff'],
    ['the status of a missing stream', '', ' 503'],
    ['the status of a missing message', '', ' 404 owned'],
  ])('sends rows with headers with %s, and the list of hosts stays as it is', async (_what, line, status = '') => {
    await sendGoodRow();
    for (const kind of ['row', 'facts'] as const) {
      const header = `NATS/1.0${status}\r\n${line}\r\n\r\n`;
      liar.nats.publish(hostSubject('default', 'web-02', kind), liarsRow(), { headers: rawHeader(header) });
    }
    await liar.nats.flush();
    const { code, stdout, stderr } = await operator.run('fleet', 'ls');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/web-01 .*live/);
    // A subscriber gets the message itself.
    await sendGoodRow();
    expect(stdout.split('\n').filter((each) => each.includes('web-0'))).toHaveLength(2);
  });

  test('sends facts with escape sequences, which are shown as text', async () => {
    const facts = fleetFacts({ ...LIAR, hostname: ESCAPES, os: ESCAPES, nodeVersion: ESCAPES });
    liar.nats.publish(hostSubject('default', 'web-02', 'facts'), writeFacts(facts));
    await liar.nats.flush();
    for (const args of [['ls'], ['ls', '--json'], ['doctor']]) {
      const { stdout, stderr } = await operator.run('fleet', ...args);
      expect(stdout + stderr).not.toMatch(OBEYED);
    }
  });

  test('sends ten thousand rows at once, and the screen of hosts shows them and the others', async () => {
    await sendGoodRow();
    await using shell = await openShell({ columns: 120, rows: 30 });
    shell.type(`HEALER_HOME=${operator.folder} ${process.execPath} ${CLI} fleet tui`);
    await shows(shell, 'web-01');
    for (let sent = 0; sent < 10_000; sent++) {
      liar.nats.publish(
        hostSubject('default', 'web-02', 'row'),
        liarsRow({ worst: [{ id: 'web', state: 'failed', why: ESCAPES }], counts: { failed: sent } }),
      );
      if (sent % 500 === 0) await liar.nats.flush();
    }
    await liar.nats.flush();
    await sendGoodRow();
    const screen = await shows(shell, / 9999 +9999 /);
    expect(screen).toMatch(/web-01 .*default/);
    expect(screen).toMatch(/^ healer fleet/);
    shell.press('q');
    await shows(shell, /ready>\s*$/);
  });

  test.each(TABLES)(
    'shows a table of programs with %s, and the screen of hosts is still there',
    async (_what, table) => {
      answers = {
        hello: { result: { protocol: PROTOCOL_VERSION, version: '0.1.0', instance: 'default', pid: 1 } },
        events: { result: [] },
        subscribeEvents: { result: { events: [], missed: 0, afterSeq: 1 } },
        subscribeSnapshot: { result: { epoch: 'abcd', rev: 1, more: false, status: null, rows: [], ...table } },
      };
      await sendGoodRow();
      await sendRow(liarsRow());
      await using shell = await openShell({ columns: 120, rows: 30 });
      shell.type(`HEALER_HOME=${operator.folder} ${process.execPath} ${CLI} fleet tui`);
      await shows(shell, 'web-02');
      shell.press('/');
      await shows(shell, 'filter:');
      shell.press('w', 'e', 'b', '-', '0', '2');
      await shows(shell, /filter: web-02.*1 of 2/);
      shell.press('Enter', 'Enter');
      await shows(shell, /fleet:web-02|\(1 of 2\)[^]*web-02[^]*"web-02"/);
      await sleep(1000);
      expect(shell.screen()).not.toMatch(/TypeError|RangeError|ready>|owned;/);
      shell.press('Escape');
      await shows(shell, /healer fleet[^]*filter: web-02.*1 of 2/);
      answers = {};
      shell.press('q');
      await shows(shell, /ready>\s*$/);
    },
  );

  test.each(ANSWERS)('answers every request with %s, and commands report that', async (_what, wrong) => {
    await sendRow(liarsRow());
    answer = wrong;
    for (const command of COMMANDS) {
      await sendRow(liarsRow());
      const { code, stdout, stderr } = await operator.run('--host', 'fleet:web-02', ...command.split(' '));
      const outcome = `${command}: ${String(code)} ${stdout.slice(0, 300)}${stderr.slice(0, 600)}`;
      expect(outcome).not.toMatch(/TypeError|RangeError|SyntaxError|\bat .*\.js:\d+/);
      expect(outcome).not.toMatch(OBEYED);
      expect(code, outcome).not.toBeNull();
    }
  });
});
