// A small HTTP server that works without faults.
// healer: keeps it running, and restarts it when it is killed.
//
// Listens on $PORT, or on a free port if it is in use or not set, and prints the address. GET /health returns "ok".
import { createServer } from 'node:http';

const started = Date.now();
const PAGES = new Map([
  ['/', () => `up for ${Math.round((Date.now() - started) / 1000)} s\n`],
  ['/health', () => 'ok\n'],
]);

const server = createServer((request, response) => {
  const page = PAGES.get(request.url);
  response.writeHead(page ? 200 : 404, { 'content-type': 'text/plain' });
  response.end(page ? page() : 'not found\n');
});

server.on('error', (error) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error('port %s is in use, using a free one', process.env.PORT);
  server.listen(0, '127.0.0.1');
});
server.on('listening', () => console.log('listening on http://127.0.0.1:%d', server.address().port));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1');

process.on('SIGTERM', () => {
  console.log('closing');
  server.close();
  server.closeAllConnections();
});
