import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

const TEXT = 0x1;
const FINAL = 0x80;
const MASKED = 0x80;
const CONNECT_MS = 20_000;
/** A garbage collection of a large heap takes seconds on a busy machine. */
const CALL_MS = 120_000;

/** A connection to the inspector of a Node process, which was started with `--inspect=127.0.0.1:0`. */
export class Inspector {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #received = Buffer.alloc(0);
  #lastId = 0;

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#take(head);
  }

  static connect(url: string): Promise<Inspector> {
    const { hostname, port, pathname } = new URL(url);
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    return new Promise((resolve, reject) => {
      request({ hostname, port, path: pathname, headers })
        .on('upgrade', (_response, socket, head) => resolve(new Inspector(socket, head)))
        .on('response', ({ statusCode }) =>
          reject(new Error(`${url} answers ${String(statusCode)}, not as an inspector`)),
        )
        .setTimeout(CONNECT_MS, () => reject(new Error(`${url} does not answer`)))
        .on('error', reject)
        .end();
    });
  }

  /** Returns the value of an expression in the process. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, returnByValue: true, includeCommandLineAPI: true };
    const answer = (await this.call('Runtime.evaluate', params)) as { readonly result?: { readonly value?: unknown } };
    return answer.result?.value;
  }

  /** @throws Error if there is no response in time */
  call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    this.#send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`the inspector does not respond to ${method}`)), CALL_MS);
      this.#waiting.set(id, (result) => {
        clearTimeout(limit);
        resolve(result);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Sends one frame. Clients mask their frames (RFC 6455); a mask of zeros changes nothing. */
  #send(text: string): void {
    const payload = Buffer.from(text);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(payload.length);
    const header = Buffer.from([FINAL | TEXT, MASKED | 126]);
    this.#socket.write(Buffer.concat([header, length, Buffer.alloc(4), payload]));
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const short = (this.#received[1] ?? 0) & 0x7f;
      const size = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#received.length < size) return;
      const length =
        short === 126
          ? this.#received.readUInt16BE(2)
          : short === 127
            ? Number(this.#received.readBigUInt64BE(2))
            : short;
      if (this.#received.length < size + length) return;
      const text = this.#received.subarray(size, size + length).toString('utf8');
      this.#received = this.#received.subarray(size + length);
      if (text.startsWith('{')) this.#answer(JSON.parse(text) as { readonly id?: number; readonly result?: unknown });
    }
  }

  #answer({ id, result }: { readonly id?: number; readonly result?: unknown }): void {
    if (id === undefined) return;
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}
