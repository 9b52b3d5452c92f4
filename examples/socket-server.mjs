// An HTTP server on a socket that it inherits.
// healer: opens the socket, keeps it open between two runs, and passes it on as descriptor 3.
//
// Without a socket (LISTEN_FDS), it listens on a free port. After SIGTERM, it finishes the requests that it has accepted.
import { createServer } from 'node:http';

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${process.pid}\n`);
});

server.on('listening', () => console.log('listening'));
if (process.env.LISTEN_FDS === undefined) server.listen(0, '127.0.0.1');
else server.listen({ fd: 3 });

process.on('SIGTERM', () => server.close());
