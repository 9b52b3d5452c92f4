import { createServer, type Server, type Socket } from 'node:net';

/** What a scripted server sends for a command: lines, or nothing, so that the client waits. */
export type SmtpScript = Readonly<{
  /** Handles the whole connection instead of the greeting. */
  onConnect?: (socket: Socket) => void;
  greeting?: string;
  /** Returns the answer to a command, at once or later, or undefined for the usual one, or null for none. */
  answer?: (command: string, socket: Socket) => string | null | undefined | Promise<string>;
  host?: string;
}>;

/** A server that speaks SMTP as a test wants it, also against the rules. */
export interface ScriptedMailServer extends AsyncDisposable {
  readonly port: number;
  readonly commands: readonly string[];
  /** The messages for which the server received the final dot, also those that it did not accept. */
  readonly messages: readonly string[];
  readonly connections: () => number;
}

const USUAL: readonly (readonly [RegExp, string])[] = [
  [/^EHLO/i, '250-test\r\n250 SIZE 1000000'],
  [/^DATA/i, '354 go on'],
  [/^QUIT/i, '221 bye'],
  [/^\.$/, '250 queued'],
];

export async function startScriptedMailServer(script: SmtpScript = {}): Promise<ScriptedMailServer> {
  const commands: string[] = [];
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (script.onConnect !== undefined) script.onConnect(socket);
    else serve(socket, script, commands, messages);
  });
  const host = script.host ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(0, host, () => resolve()));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    commands,
    messages,
    connections: () => connections,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(socket: Socket, script: SmtpScript, commands: string[], messages: string[]): void {
  let pending = '';
  let message: string[] | null = null;
  const respond = (command: string): void => {
    const own = script.answer?.(command, socket);
    const usual = USUAL.find(([pattern]) => pattern.test(command))?.[1] ?? '250 ok';
    if (own instanceof Promise) void own.then((answer) => send(command, answer));
    else send(command, own === undefined ? usual : own);
  };
  const send = (command: string, answer: string | null): void => {
    if (/^DATA/i.test(command) && answer?.startsWith('354') === true) message = [];
    if (answer !== null && !socket.destroyed) socket.write(`${answer}\r\n`);
  };
  const take = (line: string): void => {
    if (message === null) {
      commands.push(line);
      respond(line);
    } else if (line === '.') {
      messages.push(message.join('\r\n'));
      message = null;
      respond('.');
    } else message.push(line.startsWith('.') ? line.slice(1) : line);
  };
  socket.write(`${script.greeting ?? '220 test ESMTP'}\r\n`);
  socket.on('data', (chunk: Buffer) => {
    const lines = (pending + chunk.toString('utf8')).split('\r\n');
    pending = lines.pop() ?? '';
    lines.forEach(take);
  });
}
