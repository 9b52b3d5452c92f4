/**
 * Sends requests to a local server, in waves and bursts: `node load.mjs PORT SECONDS`, where SECONDS is the period of a
 * wave. It ends when the server does.
 */
import { Agent, get } from 'node:http';

const [port, secondsText] = process.argv.slice(2);
const seconds = Number(secondsText);
const REQUESTS_A_SECOND = 20;
const TICKS_A_SECOND = 4;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const started = Date.now();
let owed = 0;
let burst = 0;
let errors = 0;

setInterval(() => {
  const t = (Date.now() - started) / 1000;
  if (Math.random() < 0.002) burst = 5 * TICKS_A_SECOND;
  const load = 1 + 0.6 * Math.sin((2 * Math.PI * t) / seconds) + (burst-- > 0 ? 3 : 0);
  for (owed += (REQUESTS_A_SECOND * load) / TICKS_A_SECOND; owed >= 1; owed--) {
    get({ port, host: '127.0.0.1', agent }, (response) => response.resume()).on('error', () => {
      if (++errors > 50) process.exit(0);
    });
  }
}, 1000 / TICKS_A_SECOND);
