import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { personCredentialFile, writeCredential } from '../../src/fleet/bus/credential.ts';
import { serveKept } from '../../src/fleet/hub/serve-kept.ts';
import { ANY, BUCKETS, hostSubject, STREAMS } from '../../src/fleet/contract/subjects.ts';
import { freePort } from './free-port.ts';
import { requireTool } from './require-tool.ts';
import { waitFor } from './wait-for.ts';

const INBOX = '_INBOX.person.ann';

/** A real nats-server with the streams of a fleet, which permits everything to everyone. */
export interface BareBus extends AsyncDisposable {
  readonly port: number;
  /** Connects a client, which is closed with the bus. */
  readonly connect: () => Promise<NatsConnection>;
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port. What was in memory is lost. */
  readonly restart: () => Promise<void>;
  /** Resolves once every thread is suspended: one that is running could still deliver a message after the signal. */
  readonly suspend: () => Promise<void>;
  readonly resume: () => void;
}

function statesOfThreads(pid: number): string[] {
  const folder = `/proc/${String(pid)}/task`;
  return readdirSync(folder).map((thread) => {
    const stat = readFileSync(join(folder, thread, 'stat'), 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  });
}

/** Starts a server. */
export async function startBareBus(): Promise<BareBus> {
  requireTool('nats-server');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'healer-bus-'));
  const connections: NatsConnection[] = [];
  let server: ChildProcess;
  const connectClient = async () => {
    const nats = await connect({
      servers: `127.0.0.1:${port}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      reconnectJitter: 0,
      // Kept messages are only sent to the inbox of the person who asks for them.
      inboxPrefix: INBOX,
    });
    connections.push(nats);
    return nats;
  };
  const start = async () => {
    server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder], { stdio: 'ignore' });
    const nats = await waitFor(connectClient, 'the bus to listen');
    await createStreams(nats);
  };
  const kill = async () => {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };
  const suspend = async () => {
    server.kill('SIGSTOP');
    await waitFor(() => statesOfThreads(server.pid ?? 0).every((state) => state === 'T'), 'the bus to be suspended');
  };
  await start();
  serveKept({ nats: await connectClient(), inbox: INBOX });
  return {
    port,
    connect: connectClient,
    kill,
    restart: start,
    suspend,
    resume: () => void server.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(connections.map((nats) => nats.close().catch(() => undefined)));
      if (server.exitCode === null && server.signalCode === null) await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function createStreams(nats: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nats);
  const streams = [
    { name: STREAMS.rows, subjects: [hostSubject(ANY, ANY, 'row')], storage: StorageType.Memory },
    { name: STREAMS.facts, subjects: [hostSubject(ANY, ANY, 'facts')], storage: StorageType.File },
    { name: `KV_${BUCKETS.hosts}`, subjects: [`$KV.${BUCKETS.hosts}.>`], storage: StorageType.File },
  ];
  for (const stream of streams) {
    await manager.streams.add({
      ...stream,
      ...{ max_msgs_per_subject: 1, retention: RetentionPolicy.Limits, allow_direct: true },
    });
  }
}

/** Gives the user of a home a credential for a bare bus, which accepts any. */
export function writeBareCredential(configDir: string, port: number): void {
  writeCredential(personCredentialFile(configDir), {
    role: 'admin',
    name: 'ann',
    site: '*',
    servers: [`127.0.0.1:${port}`],
    ca: null,
    jwt: `a.${Buffer.from('{"sub":"UANN"}').toString('base64url')}.c`,
    seed: new TextDecoder().decode(createUser().getSeed()),
  });
}
