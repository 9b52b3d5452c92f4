import { describe, expect, test } from 'vitest';
import { type BufferedClient, SendBudget } from '../../../src/engine/servers/send-budget.ts';
import { SERVER_LIMITS } from '../../../src/engine/servers/server-limits.ts';

const { unsentBytes: LIMIT, unsentReserveBytes: RESERVE, stalledMs } = SERVER_LIMITS;
const MIB = 2 ** 20;

class Client implements BufferedClient {
  unsentBytes: number;
  sentBytes = 0;
  isConnected = true;
  readonly isLocal: boolean;

  constructor(unsentBytes: number, isLocal = false) {
    this.unsentBytes = unsentBytes;
    this.isLocal = isLocal;
  }

  disconnect(): void {
    this.isConnected = false;
    this.unsentBytes = 0;
  }
}

function setUp(clients: readonly Client[]) {
  let nowMs = 0;
  const budget = new SendBudget(() => nowMs);
  for (const client of clients) budget.add(client);
  return { budget, passMs: (ms: number) => (nowMs += ms) };
}

describe('the limit of all unsent data', () => {
  test('leaves a part to clients of the Unix socket', () => {
    const { budget } = setUp([new Client(LIMIT - RESERVE - MIB)]);
    expect(budget.admits(MIB, false)).toBe(true);
    expect(budget.admits(1, false)).toBe(false);
    expect(budget.admits(RESERVE - MIB, true)).toBe(true);
    expect(budget.admits(2 * MIB, true)).toBe(false);
  });

  test('admits more once clients have read', () => {
    const client = new Client(LIMIT, true);
    const { budget, passMs } = setUp([client]);
    expect(budget.admits(1, true)).toBe(false);
    client.unsentBytes = 0;
    passMs(50);
    expect(budget.admits(MIB, true)).toBe(true);
    expect(budget.unsentBytes).toBe(0);
  });

  test('disconnects remote clients that read nothing, those with most data first', () => {
    const [small, large, reading, local] = [
      new Client(MIB),
      new Client(30 * MIB),
      new Client(10 * MIB),
      new Client(10 * MIB, true),
    ];
    const { budget, passMs } = setUp([small, large, reading, local]);
    expect(budget.admits(MIB, false)).toBe(false);
    passMs(stalledMs);
    reading.sentBytes += 1;
    budget.admits(MIB, false);
    expect([small, large, reading, local].map(({ isConnected }) => isConnected)).toEqual([true, false, true, true]);
    expect(budget.admits(MIB, false)).toBe(true);
  });

  test('disconnects no client before it had time to read', () => {
    const client = new Client(LIMIT);
    const { budget, passMs } = setUp([client]);
    passMs(stalledMs - 50);
    client.sentBytes += 1;
    expect(budget.admits(1, false)).toBe(false);
    passMs(stalledMs - 50);
    expect(budget.admits(1, false)).toBe(false);
    expect(client.isConnected).toBe(true);
  });

  test('counts data that is sent in any case', () => {
    const { budget } = setUp([]);
    budget.admits(0, false);
    budget.count(LIMIT);
    expect(budget.admits(1, false)).toBe(false);
  });
});
