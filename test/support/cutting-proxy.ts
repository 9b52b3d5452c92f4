import { connect, createServer, type Socket } from 'node:net';

/** The points of the SMTP dialogue at which the connection is closed, each of them once. */
export type Cut = 'connect' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'accepted';

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** The points at which a connection was closed. */
  readonly done: readonly Cut[];
}

/** A proxy for a mail server that closes the connection once at each step of the dialogue, and then forwards everything. */
export async function startCuttingProxy(targetPort: number, cuts: readonly Cut[]): Promise<CuttingProxy> {
  const left = [...cuts];
  const done: Cut[] = [];
  const server = createServer((client) => {
    const cut = left.shift();
    if (cut === undefined)
      relay(
        client,
        targetPort,
        () => false,
        () => false,
      );
    else {
      done.push(cut);
      if (cut === 'connect') client.destroy();
      else relay(client, targetPort, isCommand(cut), isAcceptance(cut));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    done,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Several commands may arrive at once; those before the expected one are discarded with it. */
function isCommand(cut: Cut): (sent: string) => boolean {
  if (cut === 'accepted') return () => false;
  return cut === 'body' ? (sent) => sent.includes('Subject:') : (sent) => new RegExp(`^${cut}`, 'm').test(sent);
}

/** The server has accepted the mail, but the client never receives the response. */
function isAcceptance(cut: Cut): (answer: string) => boolean {
  return (answer) => cut === 'accepted' && /^250 .*queued/im.test(answer);
}

function relay(
  client: Socket,
  port: number,
  cutsAt: (sent: string) => boolean,
  cutsAtAnswer: (answer: string) => boolean,
): void {
  const server = connect(port, '127.0.0.1');
  const cut = (): void => {
    client.destroy();
    server.destroy();
  };
  client.on('data', (chunk: Buffer) => (cutsAt(chunk.toString()) ? cut() : server.write(chunk)));
  server.on('data', (chunk: Buffer) => (cutsAtAnswer(chunk.toString()) ? cut() : client.write(chunk)));
  for (const socket of [client, server]) {
    socket.on('error', cut);
    socket.on('close', cut);
  }
}
