import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeFileLock } from '../../base/file-lock.ts';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import { messageOf } from '../../base/thrown.ts';
import { hostCredentialFile } from '../bus/credential.ts';
import { HostAgent, type Responder, type ResponderContext } from './host-agent.ts';
import { RpcResponder } from './rpc-responder.ts';

/** How long the agent of a previous engine may take to leave. */
const HANDOVER_MS = 5_000;
/** How long the last row may take to reach the bus. */
const FAREWELL_MS = 2_000;
/** How often the agent looks whether this host still belongs to the fleet. */
const MEMBERSHIP_MS = 2_000;

/** Reports to the engine what is degraded. The engine may have been killed: the agent keeps running, and shows that it is away. */
function report(degraded: string | null): void {
  process.stdout.write(`${JSON.stringify({ degraded })}\n`);
}

/** Reports to the engine whether there is a connection to the hub. */
function reportConnection(isConnected: boolean): void {
  process.stdout.write(`${JSON.stringify({ isConnected })}\n`);
}

/** Ends the agent that a killed engine has left, so that never two agents of one host answer. */
async function replacePredecessor(path: string): Promise<void> {
  const owner = readLockOwner(path);
  if (owner !== null && owner.pid !== process.pid && isOwnerAlive(owner)) {
    process.kill(owner.pid, 'SIGUSR2');
    const lock = await takeFileLock(path, null, HANDOVER_MS);
    if (lock !== null) return;
    process.kill(owner.pid, 'SIGKILL');
  }
  await takeFileLock(path, null, HANDOVER_MS);
}

/**
 * Leaves once the credential is removed: the engine, which would end the agent, may have been killed and not replaced. As
 * long as the credential exists, the agent of a killed engine stays, and shows the fleet that the engine is away.
 */
function endWithoutCredential(file: string, leave: () => void): void {
  const timer = setInterval(() => {
    if (existsSync(file)) return;
    clearInterval(timer);
    leave();
  }, MEMBERSHIP_MS).unref();
}

async function main(stateDir: string, socketPath: string, instance: string): Promise<void> {
  await replacePredecessor(join(stateDir, 'fleet', 'agent.lock'));
  const respond = (context: ResponderContext): Responder => new RpcResponder(context);
  const agent = new HostAgent({
    stateDir,
    socketPath,
    instance,
    onDegraded: report,
    onConnection: reportConnection,
    respond,
  });
  const exit = (): never => process.exit(0);
  const leave = (): void => void Promise.race([agent.leave(), sleep(FAREWELL_MS)]).then(exit, exit);
  process.on('SIGTERM', leave);
  process.on('SIGUSR2', exit);
  endWithoutCredential(hostCredentialFile(stateDir), leave);
  await agent.start();
}

process.title = 'healer-fleet';
// Ctrl-C and a closed terminal are handled by the engine.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdout.on('error', () => undefined);
const [stateDir = '', socketPath = '', instance = 'default'] = process.argv.slice(2);
await main(stateDir, socketPath, instance).catch(async (error: unknown) => {
  report(messageOf(error));
  // The engine starts the agent again; the pause keeps the message from being lost.
  await sleep(100);
  process.exit(1);
});
