import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { connectLocal } from '../../src/client/connection/connection.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';
import { HealerError } from '../../src/protocol/errors.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const OPERATIONS = ['start', 'stop', 'restart', 'pause', 'resume', 'kill', 'enable', 'disable'] as const;
type Name = (typeof OPERATIONS)[number] | 'update' | 'remove';

/** The request that removes a program, in the middle of the others. It is sent over the socket. */
const REMOVAL = 200;
const IDS = ['a', 'b', 'c', 'd', 'e'];
const EXPECTED: readonly ErrorCode[] = [
  'INVALID_STATE',
  'PROCESS_DISABLED',
  'ALREADY_RUNNING',
  'PROCESS_NOT_FOUND',
  'ALREADY_EXISTS',
];
const STATUS_OF: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_STATE: 409,
  PROCESS_DISABLED: 409,
  ALREADY_RUNNING: 409,
  ALREADY_EXISTS: 409,
  PROCESS_NOT_FOUND: 404,
};
/** The states in which an operation may leave a program. */
const UP = ['starting', 'running', 'backoff', 'cooldown', 'waiting', 'exited', 'failed'];
const ACHIEVED: Readonly<Partial<Record<Name, readonly string[]>>> = {
  start: UP,
  restart: UP,
  enable: UP,
  stop: ['stopped', 'disabled', 'exited', 'failed'],
  kill: ['stopped', 'disabled', 'exited', 'failed'],
  disable: ['disabled'],
  pause: ['paused'],
  resume: ['running', 'starting'],
};

interface Answer {
  readonly name: Name;
  readonly state?: string | undefined;
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly http?: number;
}

/** A sequence that is the same in each run, and mixes all operations and programs. */
function operationAt(index: number): { readonly name: Name; readonly id: string } {
  if (index === REMOVAL) return { name: 'remove', id: 'd' };
  const turn = (index * 7919 + 13) % 1_000;
  const name = index % 37 === 36 ? 'update' : (OPERATIONS[turn % OPERATIONS.length] ?? 'start');
  return { name, id: IDS[(index * 31) % IDS.length] ?? 'a' };
}

test('400 simultaneous operations over the socket and over HTTP are each answered truthfully', async () => {
  await using home = new HealerHome();
  const port = await freePort();
  home.extraEnv = { HEALER_API_PORT: String(port) };
  home.list('quick - - -- sleep 100000');
  await home.up();
  for (const id of IDS) {
    const script = id === 'e' ? "trap '' TERM; while :; do sleep 0.1; done" : 'exec sleep 100000';
    await home.ask((api) =>
      api.add({ definition: { id, command: 'sh', args: ['-c', script], stop: { gracefulTimeoutMs: 300 } } }),
    );
  }
  const connections = await Promise.all(
    Array.from({ length: 8 }, () => connectLocal({ socketPath: home.paths.socket, clientName: 'test' })),
  );

  const overSocket = async (index: number): Promise<Answer> => {
    const { name, id } = operationAt(index);
    const api = connections[index % connections.length]?.api;
    if (api === undefined) throw new Error('no connection');
    try {
      if (name === 'remove') {
        await api.remove({ id });
        return { name };
      }
      if (name === 'update') {
        await api.update({ id, changes: { limits: { memoryMb: 500 + index } } });
        return { name };
      }
      return { name, state: (await api[name]({ id })).state };
    } catch (error) {
      if (!(error instanceof HealerError)) throw error;
      return { name, code: error.code, message: error.message };
    }
  };
  const overHttp = async (index: number): Promise<Answer> => {
    const { name, id } = operationAt(index);
    const isUpdate = name === 'update';
    const url = `http://127.0.0.1:${String(port)}/processes/${id}${isUpdate ? '' : `/${name}`}`;
    const body = isUpdate ? { limits: { memoryMb: 500 + index } } : {};
    const method = isUpdate ? 'PATCH' : 'POST';
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    const answer = (await response.json()) as { state?: string; error?: { code: ErrorCode; message: string } };
    const { error } = answer;
    return error === undefined
      ? { name, http: response.status, state: answer.state }
      : { name, http: response.status, code: error.code, message: error.message };
  };

  const answers = await Promise.all(
    Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? overSocket(index) : overHttp(index))),
  );
  for (const connection of connections) connection.close();

  expect(answers).toHaveLength(400);
  for (const { name, state, code, message, http } of answers) {
    if (code !== undefined) {
      expect(EXPECTED, `${name}: ${code}: ${String(message)}`).toContain(code);
      if (http !== undefined) expect(http, String(message)).toBe(STATUS_OF[code]);
      continue;
    }
    if (http !== undefined) expect(http).toBeLessThan(300);
    if (state !== undefined) expect(ACHIEVED[name], name).toContain(state);
  }
  expect(answers.filter(({ code }) => code === undefined).length).toBeGreaterThan(20);

  // Whatever the operations led to, each program runs once or not at all, as its row says.
  await waitFor(
    async () => [...(await home.rows()).values()].every(({ state }) => state !== 'stopping' && state !== 'starting'),
    'all programs to settle',
  );
  const rows = await home.rows();
  expect(rows.has('d')).toBe(false);
  for (const id of IDS.filter((each) => each !== 'd')) {
    const row = rows.get(id);
    expect(row?.pid === null || isAlive(Number(row?.pid)), id).toBe(true);
  }
  const own = home.survivors().filter(({ command }) => command.includes('sleep 100000'));
  const running = [...rows.values()].filter(({ id, pid }) => pid !== null && id !== 'e').length;
  expect(own.length).toBe(running);
  await home.down();
});
