import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { RpcFailure } from '../../src/protocol/rpc.ts';
import { waitFor } from './wait-for.ts';

interface Message {
  readonly id?: number | string | null;
  readonly result?: unknown;
  readonly error?: RpcFailure;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A raw socket to an engine: sends arbitrary bytes, and records all messages that it receives. */
export class Wire {
  readonly messages: Message[] = [];
  readonly socket: Socket;
  #rest = '';
  #lastId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#take(text);
    });
    socket.on('error', () => undefined);
  }

  static async connect(path: string): Promise<Wire> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new Wire(socket);
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Sends a request and returns its response. */
  async ask(method: string, params: unknown = {}): Promise<Message> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return this.answerTo(id);
  }

  answerTo(id: number | string | null): Promise<Message> {
    return waitFor(
      () => this.messages.find((message) => message.id === id && message.method === undefined),
      `the response to request ${String(id)}`,
    );
  }

  notifications(method: string): readonly Readonly<Record<string, unknown>>[] {
    return this.messages.filter((message) => message.method === method).map(({ params = {} }) => params);
  }

  close(): void {
    this.socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.messages.push(JSON.parse(line) as Message);
  }
}
