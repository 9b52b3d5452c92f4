import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';

/** A request that a receiver got. */
export interface Post {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real HTTP server that responds as a test specifies. */
export interface HttpReceiver extends AsyncDisposable {
  readonly port: number;
  readonly posts: readonly Post[];
}

/** Responds to a request; the usual response is 204. */
export type Responder = (response: ServerResponse, post: Post, index: number) => unknown;

export async function startHttpReceiver(
  answer: Responder = (response) => response.writeHead(204).end(),
  options: {
    readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
    readonly host?: string;
  } = {},
): Promise<HttpReceiver> {
  const posts: Post[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const post = { url: request.url ?? '', headers: request.headers, body };
      posts.push(post);
      answer(response, post, posts.length - 1);
    });
  };
  const server = options.tls === undefined ? createHttpServer(handle) : createHttpsServer(options.tls, handle);
  await new Promise<void>((resolve) => server.listen(0, options.host ?? '127.0.0.1', () => resolve()));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    posts,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
