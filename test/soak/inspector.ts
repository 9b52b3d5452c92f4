import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TEXT = 0x1;
const FINAL = 0x80;
const MASKED = 0x80;
const CONNECT_MS = 20_000;
/** A garbage collection of a large heap takes seconds on a busy machine. */
const CALL_MS = 120_000;

/** A call that is not answered, or whose connection is lost, is repeated over a new connection. */
const ATTEMPTS = 3;

const READINGS = 5;
const BETWEEN_READINGS_MS = 100;

/** What keeps the event loop of a process alive: timers, and the rest with its kinds. */
export interface ActiveResources {
  readonly timers: number;
  readonly handles: number;
  /** How many there are of each kind, e.g. `PipeWrap`. */
  readonly kinds: Readonly<Record<string, number>>;
}

interface Evaluated {
  readonly result: { readonly objectId?: string; readonly value?: unknown };
}

interface Answer {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A connection to the inspector of a Node process, which was started with `--inspect=127.0.0.1:0`. */
export class Inspector {
  readonly #url: string;
  readonly #waiting = new Map<number, Answer>();
  #socket: Socket | null = null;
  #received = Buffer.alloc(0);
  #lastId = 0;

  private constructor(url: string) {
    this.#url = url;
  }

  static async connect(url: string): Promise<Inspector> {
    const inspector = new Inspector(url);
    await inspector.#open();
    return inspector;
  }

  /** Returns the value of an expression in the process. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, returnByValue: true, includeCommandLineAPI: true };
    const answer = (await this.call('Runtime.evaluate', params)) as { readonly result?: { readonly value?: unknown } };
    return answer.result?.value;
  }

  /**
   * Returns what keeps the event loop alive. Checks of 200 programs begin and end all the time, and those that are in flight
   * bunch up after a garbage collection: what does not end is in every one of several readings.
   */
  async activeResources(): Promise<ActiveResources> {
    let least: readonly string[] | null = null;
    for (let reading = 0; reading < READINGS; reading++) {
      if (reading > 0) await sleep(BETWEEN_READINGS_MS);
      const kinds = String(await this.evaluate('process.getActiveResourcesInfo().join()')).split(',');
      if (least === null || kinds.length < least.length) least = kinds;
    }
    const kinds: Record<string, number> = {};
    for (const kind of least ?? []) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const timers = kinds['Timeout'] ?? 0;
    return { timers, handles: (least?.length ?? 0) - timers, kinds };
  }

  /** Returns how many objects with this prototype are alive after a garbage collection. */
  async countInstances(prototype: string): Promise<number> {
    const group = { objectGroup: 'counted' };
    const found = (await this.call('Runtime.evaluate', { expression: prototype, ...group })) as Evaluated;
    const listed = (await this.call('Runtime.queryObjects', {
      prototypeObjectId: found.result.objectId,
      ...group,
    })) as { readonly objects: Evaluated['result'] };
    const functionDeclaration = 'function () { return this.length; }';
    const params = { objectId: listed.objects.objectId, functionDeclaration, returnByValue: true };
    const counted = (await this.call('Runtime.callFunctionOn', params)) as Evaluated;
    await this.call('Runtime.releaseObjectGroup', group);
    return Number(counted.result.value);
  }

  /** @throws Error if there is no response in time, after several attempts */
  async call(method: string, params: object = {}): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#callOnce(method, params);
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        console.log(`${String(error)}; trying again`);
        await this.#open();
      }
    }
  }

  close(): void {
    this.#socket?.destroy();
  }

  async #open(): Promise<void> {
    this.#socket?.destroy();
    const { socket, head } = await upgrade(this.#url);
    this.#socket = socket;
    this.#received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      for (const { reject } of this.#waiting.values()) reject(new Error('the inspector closed the connection'));
      this.#waiting.clear();
    });
    this.#take(head);
  }

  #callOnce(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#send(JSON.stringify({ id, method, params }));
    const limit = setTimeout(() => {
      this.#waiting.get(id)?.reject(new Error(`the inspector does not respond to ${method}`));
      this.#waiting.delete(id);
    }, CALL_MS);
    return answer.finally(() => clearTimeout(limit));
  }

  /** Sends one frame. Clients mask their frames (RFC 6455); a mask of zeros changes nothing. */
  #send(text: string): void {
    const payload = Buffer.from(text);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(payload.length);
    const header = Buffer.from([FINAL | TEXT, MASKED | 126]);
    this.#socket?.write(Buffer.concat([header, length, Buffer.alloc(4), payload]));
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
    this.#waiting.get(id)?.resolve(result);
    this.#waiting.delete(id);
  }
}

interface Upgraded {
  readonly socket: Socket;
  readonly head: Buffer;
}

function upgrade(url: string): Promise<Upgraded> {
  const { hostname, port, pathname } = new URL(url);
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: pathname, headers })
      .on('upgrade', (_response, socket, head) => resolve({ socket, head }))
      .on('response', ({ statusCode }) =>
        reject(new Error(`${url} answers ${String(statusCode)}, not as an inspector`)),
      )
      .setTimeout(CONNECT_MS, () => reject(new Error(`${url} does not answer`)))
      .on('error', reject)
      .end();
  });
}
