// A program that reports its health: GET /health returns 200 until its work fails, then 503.
// Run: node aliveness.mjs [port]
import { AlivenessServer } from 'healer';

let isWorking = true;
const [port = '0'] = process.argv.slice(2);
const server = await AlivenessServer.start({ port: Number(port), check: () => ({ healthy: isWorking, queue: 0 }) });
console.log(`http://127.0.0.1:${server.port}/health`);
process.on('SIGUSR2', () => (isWorking = false));
setInterval(() => undefined, 1000);
