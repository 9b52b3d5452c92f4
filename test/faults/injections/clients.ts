import { createConnection, type Socket } from 'node:net';
import type { FaultBed } from '../bed.ts';
import { anyId, pause, type Step } from '../step.ts';

/** Requests that an impatient client sends without reading a response. */
const FLOOD_REQUESTS = 3_000;

/** Clients that misbehave. */
export const CLIENT_FAULTS: readonly Step[] = [
  { name: 'kill -9 a client', weight: 2, run: (bed) => interruptClient(bed, 'SIGKILL') },
  { name: 'SIGTERM to a client', weight: 1, run: (bed) => interruptClient(bed, 'SIGTERM') },
  { name: 'suspend a client in the middle of a command', weight: 2, run: (bed) => interruptClient(bed, 'SIGSTOP') },
  { name: 'garbage on the socket', weight: 1, run: sendGarbage },
  { name: 'a client that never reads', weight: 2, run: suspendFollower },
  { name: 'a client that sends requests and never reads', weight: 1, run: floodWithRequests },
];

/** Kills or suspends a client in the middle of a command. Whether the command takes effect is open. */
async function interruptClient(bed: FaultBed, signal: NodeJS.Signals): Promise<void> {
  const id = anyId(bed);
  if (!bed.goals.possible(id).includes('up')) return;
  const client = bed.home.spawn('restart', id);
  const ended = new Promise((resolve) => client.once('close', resolve));
  await pause(bed.random.int(20, 400));
  client.kill(signal);
  bed.note(`${signal} to "healer restart ${id}"`);
  if (signal === 'SIGSTOP') {
    await pause(bed.random.int(100, 3_000));
    client.kill('SIGCONT');
  }
  await ended;
  // The request of a client that was suspended takes effect only now, perhaps after a stop.
  bed.goals.allow(id, 'up');
}

async function sendGarbage(bed: FaultBed): Promise<void> {
  const bytes = Buffer.from(Array.from({ length: bed.random.int(1, 4_000) }, () => bed.random.int(0, 255)));
  await withSocket(bed, (socket) => socket.end(bytes));
}

/** Its connection stays open for a few seconds. */
async function floodWithRequests(bed: FaultBed): Promise<void> {
  const requests = Array.from({ length: FLOOD_REQUESTS }, (_, id) =>
    JSON.stringify({ jsonrpc: '2.0', id, method: 'list', params: {} }),
  );
  await withSocket(bed, (socket) => {
    socket.pause();
    socket.write(`${requests.join('\n')}\n`);
    setTimeout(() => socket.destroy(), bed.random.int(200, 5_000));
  });
}

function withSocket(bed: FaultBed, use: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(bed.home.paths.socket, () => use(socket));
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.resume();
  });
}

/** The client stays suspended until the test bed is closed. */
async function suspendFollower(bed: FaultBed): Promise<void> {
  const args = bed.random.pick([
    ['logs', anyId(bed), '-f', '-n', '10000'],
    ['events', '-f'],
  ]);
  const client = bed.home.spawn(...args);
  client.stdout.pause();
  await pause(300);
  client.kill('SIGSTOP');
  bed.note(`a client (${client.pid ?? 0}) stopped reading`);
}
