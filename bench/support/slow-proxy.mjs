import { createServer, connect } from 'node:net';

/** What may wait in the line before the sender is held up, as in the buffer of a modem. */
const QUEUE_BYTES = 8192;
const STEP_MS = 20;

/**
 * Forwards TCP connections to a port of this machine over a simulated slow line.
 * @param {{ port: number, bytesPerSecond: number, roundTripMs: number }} line
 * @returns {Promise<{ port: number, close(): void }>}
 */
export async function openSlowProxy({ port, bytesPerSecond, roundTripMs }) {
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    forward(near, far, bytesPerSecond, roundTripMs / 2);
    forward(far, near, bytesPerSecond, roundTripMs / 2);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Forwards one direction: each byte takes its time on the line, and arrives after the time of travel. */
function forward(from, to, bytesPerSecond, travelMs) {
  const queue = [];
  let queued = 0;
  let freeAt = 0;
  from.on('data', (chunk) => {
    for (let at = 0; at < chunk.length; at += 256) queue.push(chunk.subarray(at, at + 256));
    queued += chunk.length;
    if (queued > QUEUE_BYTES) from.pause();
  });
  const timer = setInterval(() => {
    const now = performance.now();
    freeAt = Math.max(freeAt, now - STEP_MS);
    while (queue.length > 0 && freeAt <= now) {
      const piece = queue.shift();
      queued -= piece.length;
      freeAt += (piece.length * 1000) / bytesPerSecond;
      setTimeout(() => to.destroyed || to.write(piece), travelMs + Math.max(0, freeAt - now));
    }
    if (queued <= QUEUE_BYTES / 2) from.resume();
  }, STEP_MS);
  from.on('close', () => clearInterval(timer));
}
