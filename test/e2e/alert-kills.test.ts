import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { configureMail, SLEEPER } from '../support/alert-home.ts';
import { HealerHome } from '../support/healer-home.ts';
import { type ScriptedMailServer, startScriptedMailServer } from '../support/scripted-mail-server.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 40_000;

/** A server that does not answer a step until it is released. */
class HoldingServer implements AsyncDisposable {
  readonly #server: ScriptedMailServer;
  readonly #held: { is: boolean };
  readonly release: () => void;

  private constructor(server: ScriptedMailServer, held: { is: boolean }, release: () => void) {
    this.#server = server;
    this.#held = held;
    this.release = release;
  }

  static async start(step: RegExp, answer: string): Promise<HoldingServer> {
    const held = { is: false };
    let release: () => void = () => undefined;
    const released = new Promise<string>((resolve) => {
      release = () => resolve(answer);
    });
    const server = await startScriptedMailServer({
      answer: (command) => {
        if (!step.test(command)) return undefined;
        held.is = true;
        return released;
      },
    });
    return new HoldingServer(server, held, () => release());
  }

  get port(): number {
    return this.#server.port;
  }

  get isHolding(): boolean {
    return this.#held.is;
  }

  /** The Message-IDs of the mails whose final dot was received. */
  ids(): string[] {
    return this.#server.messages.map((raw) => /^message-id: (.*)$/im.exec(raw)?.[1] ?? '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

function workerPid(home: HealerHome): number {
  return (JSON.parse(readFileSync(join(home.paths.spoolDir, 'courier.json'), 'utf8')) as { pid: number }).pid;
}

async function killWorker(home: HealerHome): Promise<void> {
  const pid = workerPid(home);
  process.kill(pid, 'SIGKILL');
  await waitFor(() => !isAlive(pid), 'the delivery worker to exit');
}

async function restartEngine(home: HealerHome): Promise<void> {
  await home.killEngine();
  await home.up();
}

async function killBoth(home: HealerHome): Promise<void> {
  await home.killEngine();
  await killWorker(home);
  await home.up();
}

async function waitForDelivery(home: HealerHome): Promise<void> {
  await waitFor(
    async () => (await home.ask((api) => api.status({}))).alerts.waiting === 0,
    'no alert to wait',
    PATIENCE_MS,
  );
}

const STEPS: readonly (readonly [string, RegExp, string])[] = [
  ['after EHLO', /^EHLO/, '250-test\r\n250 SIZE 1000000'],
  ['after MAIL', /^MAIL/, '250 ok'],
  ['after RCPT', /^RCPT/, '250 ok'],
  ['after DATA', /^DATA/, '354 go on'],
  ['after the message', /^\.$/, '250 queued'],
];

/** Stops a server at a step of its first dialog, kills, lets the server continue, and returns the Message-IDs that it received. */
async function killAt(
  [, step, answer]: (typeof STEPS)[number],
  kill: (home: HealerHome) => Promise<void>,
  continueAfter: 'the kill' | 'the next worker started',
): Promise<string[]> {
  await using server = await HoldingServer.start(step, answer);
  await using home = new HealerHome();
  configureMail(home, server.port, 'rate_limit_seconds = 0');
  await home.up(`one - - -- ${SLEEPER}`, `two - - -- ${SLEEPER}`);
  process.kill(await home.pid('one'), 'SIGKILL');
  await waitFor(() => server.isHolding, 'the dialog to reach the step');
  process.kill(await home.pid('two'), 'SIGKILL');
  await home.event('crashed', ({ process }) => process === 'two');
  const worker = workerPid(home);
  await kill(home);
  if (continueAfter === 'the next worker started') await waitFor(() => workerPid(home) !== worker, 'the next worker');
  server.release();
  await waitForDelivery(home);
  await home.down();
  return server.ids();
}

/** Mails about two crashes, and one about the engine that was killed. */
const expected = (isEngineKilled: boolean): number => (isEngineKilled ? 3 : 2);

describe.concurrent.each(STEPS)('%s', (...at) => {
  const isSent = at[0] === 'after the message';

  test('a worker that is killed loses no mail, and repeats only one that the server may have taken', async () => {
    const ids = await killAt(at, killWorker, 'the kill');
    expect(new Set(ids).size).toBe(expected(false));
    expect(ids.length).toBe(expected(false) + (isSent ? 1 : 0));
  });

  test('an engine that is killed loses and repeats no mail, since its worker completes the dialog', async () => {
    const ids = await killAt(at, restartEngine, 'the kill');
    expect(new Set(ids).size).toBe(expected(true));
    expect(ids.length).toBe(expected(true));
  });

  test('an engine that is killed while a server is slow repeats no mail either', async () => {
    const ids = await killAt(at, restartEngine, 'the next worker started');
    expect(new Set(ids).size).toBe(expected(true));
    expect(ids.length).toBe(expected(true));
  });

  test('if both are killed, no mail is lost', async () => {
    const ids = await killAt(at, killBoth, 'the kill');
    expect(new Set(ids).size).toBe(expected(true));
    expect(ids.length).toBe(expected(true) + (isSent ? 1 : 0));
  });
});
