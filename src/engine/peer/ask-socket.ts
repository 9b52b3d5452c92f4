import { createConnection, type Socket } from 'node:net';
import * as z from 'zod';
import { codeOf } from '../../base/thrown.ts';
import { encodeMessage, LineDecoder } from '../../protocol/framing.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';

const helloSchema = z.object({ result: z.object({ instance: z.string(), pid: z.number().int().positive() }) });

/**
 * What the socket of an engine revealed. `silent`: the connection was accepted, or waits to be accepted, and nothing was
 * answered in time. `unreachable`: there was no connection, or it was closed, which says nothing about a running process.
 */
export type SocketAnswer =
  | { readonly kind: 'answered'; readonly instance: string | null; readonly pid: number | null }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreachable' };

const SILENT: SocketAnswer = { kind: 'silent' };
const UNREACHABLE: SocketAnswer = { kind: 'unreachable' };
/** The number of waiting connections is limited by the kernel; a hung engine never accepts them. */
const QUEUE_IS_FULL = 'EAGAIN';
const RETRY_MS = 100;

/**
 * Asks an engine over its Unix socket who it is. Other users cannot reach the socket, so they cannot delay the answer. An
 * engine of another version answers with an error, which shows as well that it responds.
 */
export async function askSocket(path: string, timeoutMs: number): Promise<SocketAnswer> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) return SILENT;
    const answer = await askOnce(path, leftMs);
    if (answer !== 'queue is full') return answer;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function askOnce(path: string, timeoutMs: number): Promise<SocketAnswer | 'queue is full'> {
  const socket = createConnection(path);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      timer = setTimeout(() => resolve(SILENT), timeoutMs);
      socket.once('error', (error) => resolve(codeOf(error) === QUEUE_IS_FULL ? 'queue is full' : UNREACHABLE));
      socket.once('close', () => resolve(UNREACHABLE));
      readLine(socket, (line) => resolve(answerOf(line)));
      const params = { protocol: PROTOCOL_VERSION, client: 'peer' };
      socket.write(encodeMessage({ jsonrpc: '2.0', id: 1, method: 'hello', params }));
    });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function readLine(socket: Socket, onLine: (text: string) => void): void {
  const decoder = new LineDecoder();
  socket.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) if (frame.kind === 'line') onLine(frame.text);
  });
}

function answerOf(line: string): SocketAnswer {
  const unnamed: SocketAnswer = { kind: 'answered', instance: null, pid: null };
  try {
    const parsed = helloSchema.safeParse(JSON.parse(line));
    return parsed.success ? { kind: 'answered', ...parsed.data.result } : unnamed;
  } catch {
    return unnamed;
  }
}
