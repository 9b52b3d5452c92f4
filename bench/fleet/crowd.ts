/**
 * Simulates hosts of a fleet, with the code of the real agent: each has its own credential, connection, rows, facts and answers.
 * Only their engine is a stand-in, which they share. `node crowd.mjs FOLDER INVITATIONS FIRST STEP COUNT [at-once]`; a line on
 * standard input says how many hosts to run. With "at-once", requests get a fixed answer without the work of an agent, which a
 * real host does on cores of its own.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HostAgent, type Responder, type ResponderContext } from '../../src/fleet/agent/host-agent.ts';
import { RpcResponder } from '../../src/fleet/agent/rpc-responder.ts';
import { hostCredentialFile, writeCredential } from '../../src/fleet/bus/credential.ts';
import { readJoinLine } from '../../src/fleet/bus/join-line.ts';
import { redeemInvitation } from '../../src/fleet/bus/join-request.ts';
import { encodeAnswer } from '../../src/fleet/contract/answers.ts';
import { allRequestsTo } from '../../src/fleet/contract/subjects.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/protocol-version.ts';

const PROGRAMS = 100;
/** Joins at the same time. */
const AT_ONCE = 8;
const STARTED_AT = new Date(Date.now() - 3_600_000).toISOString();

const STATUS = {
  ...{ instance: 'default', pid: process.pid, version: '0.1.0', startedAt: STARTED_AT, uptimeMs: 3_600_000 },
  counts: { total: PROGRAMS, running: PROGRAMS },
  health: { healthy: PROGRAMS, unhealthy: 0, unknown: 0 },
  degraded: [],
  host: { cores: 8, bootedAt: STARTED_AT },
  load: { cpuPercent: 0.4, memoryMb: 60 },
};

/** Of quiet hosts: those of this machine are the same for all. */
const FIGURES = { read: () => ({ cpuPercent: 12.5, memoryPercent: 25, load: 0.5 }) };

const ANSWERS: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => unknown>> = {
  hello: () => ({ protocol: PROTOCOL_VERSION, version: '0.1.0', instance: 'default', pid: process.pid }),
  status: () => STATUS,
  list: () => [],
  settings: () => [],
  subscribeEvents: () => ({ subscription: 1 }),
  restart: ({ id }) => ({ id, state: 'running', pid: 4711, forced: false, exit: null, tookMs: 1 }),
};

/** Answers requests of agents as an engine does. */
function serve(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => {
    const {
      id,
      method,
      params = {},
    } = JSON.parse(line) as {
      readonly id: number;
      readonly method: string;
      readonly params?: Readonly<Record<string, unknown>>;
    };
    const answer = ANSWERS[method];
    const body =
      answer === undefined ? { error: { code: -32_601, message: `no ${method}` } } : { result: answer(params) };
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`);
  });
}

async function redeem(stateDir: string, invitation: string): Promise<void> {
  mkdirSync(join(stateDir, 'fleet'), { recursive: true, mode: 0o700 });
  const line = readJoinLine(readFileSync(invitation, 'utf8'));
  writeCredential(hostCredentialFile(stateDir), await redeemInvitation(line, 'bench'));
}

const RESTARTED = encodeAnswer({ result: ANSWERS['restart']?.({ id: 'web' }) });

function respondAtOnce({ nats, site, host }: ResponderContext): Responder {
  const subscription = nats.subscribe(allRequestsTo(site, host), {
    callback: (_error, message) => void message.respond(RESTARTED),
  });
  return {
    close: () => {
      subscription.unsubscribe();
      return Promise.resolve();
    },
  };
}

function respondAsAgent({ engine, ...context }: ResponderContext): Responder {
  return new RpcResponder({ ...context, engine: { socketPath: engine.socketPath } });
}

async function startHost(stateDir: string, socketPath: string): Promise<void> {
  const agent = new HostAgent({
    ...{ stateDir, socketPath, instance: 'default' },
    onDegraded: () => undefined,
    figures: FIGURES,
    respond: kind === 'at-once' ? respondAtOnce : respondAsAgent,
  });
  await agent.start();
}

const [folder = '', invitations = '', first = '0', step = '1', count = '0', kind = ''] = process.argv.slice(2);
const socketPath = join(folder, 'engine.sock');
await new Promise<void>((resolve) => createServer(serve).listen(socketPath, resolve));
const names = Array.from({ length: Number(count) }, (_, index) => {
  const number = String(Number(first) + index * Number(step)).padStart(4, '0');
  return `host-${number}`;
});
let running = 0;

async function grow(target: number): Promise<void> {
  const fresh = names.slice(running, target);
  running = Math.max(running, target);
  const work = async (): Promise<void> => {
    for (let name = fresh.shift(); name !== undefined; name = fresh.shift()) {
      const stateDir = join(folder, name);
      await redeem(stateDir, join(invitations, name));
      await startHost(stateDir, socketPath);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  process.stdout.write(`${String(running)}\n`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  grow(Number(line)).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.stdin.on('end', () => process.exit(0));
