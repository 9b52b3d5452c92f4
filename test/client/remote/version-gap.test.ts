import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { connectRemote } from '../../../src/client/remote/connect-remote.ts';

/** A remote API of another version, or of this one, that answers every other request with a refusal. */
async function startApi(version: string, status: number, message: string): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    const isStatus = request.url === '/monitor/status';
    response.writeHead(isStatus ? 200 : status, { 'content-type': 'application/json' });
    const refusal = { error: { code: 'INVALID_CONFIG', message, data: {} } };
    response.end(JSON.stringify(isStatus ? { version, instance: 'default', pid: 7 } : refusal));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

test.each([
  [
    404,
    'POST /processes/web/stop does not exist; GET /openapi.json lists all routes',
    'the request "POST /processes/web/stop"',
  ],
  [422, 'invalid parameters for "stop": Unrecognized key: "batch"', '"batch" in the request "stop"'],
  [
    422,
    'invalid parameters for "stop": Unrecognized key: "batch" (the parameters are id, graceful)',
    '"batch" in the request "stop"',
  ],
])(
  'a remote engine of another version is named with its version and the next step (%i)',
  async (status, said, what) => {
    await using api = await startApi('0.0.9', status, said);
    const connection = await connectRemote({ url: api.url });
    const failure = connection.api.stop({ id: 'web' });
    await expect(failure).rejects.toThrow(`the engine at ${api.url} (healer 0.0.9) does not know ${what} of healer `);
    await expect(failure).rejects.toThrow('install the same version on both machines');
    connection.close();
  },
);

test('a remote engine of the same version answers for itself', async () => {
  const { PACKAGE_VERSION } = await import('../../../src/base/package-version.ts');
  await using api = await startApi(PACKAGE_VERSION, 422, 'invalid parameters for "stop": Unrecognized key: "batch"');
  const connection = await connectRemote({ url: api.url });
  await expect(connection.api.stop({ id: 'web' })).rejects.toThrow('Unrecognized key: "batch"');
  connection.close();
});
