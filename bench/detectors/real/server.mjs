/**
 * An HTTP server under load from outside: `node server.mjs BEHAVIOR AMOUNT [SECONDS]`. AMOUNT is in MB, or in MB per minute
 * under a load of 1 for leaks. It prints its port, and load.mjs sends the requests.
 */
import { createServer } from 'node:http';

const [behavior, amountText, secondsText = '600'] = process.argv.slice(2);
const amount = Number(amountText);
const seconds = Number(secondsText);
/** What load.mjs sends at a load of 1. */
const REQUESTS_A_SECOND = 20;
const ITEMS_A_MB = 1000;

/** About a kilobyte. */
const item = () => new Array(120).fill(Math.random());
const held = new Map();
let count = 0;
let owed = 0;
const hold = (mb) => {
  for (owed += mb * ITEMS_A_MB; owed >= 1; owed--) held.set(++count, item());
};
const letGo = (mb) => {
  for (const key of held.keys()) {
    if (held.size <= mb * ITEMS_A_MB) return;
    held.delete(key);
  }
};
const perRequest = amount / 60 / REQUESTS_A_SECOND;
const fill = amount / seconds / REQUESTS_A_SECOND;

const BEHAVIORS = {
  'leak of sessions': () => hold(perRequest),
  'leak of some requests': () => Math.random() < 0.02 && hold(perRequest * 50),
  'bounded cache': () => (hold(fill), letGo(amount)),
  'cache cleared by half': () => (hold(fill), held.size > amount * ITEMS_A_MB && letGo(amount / 2)),
  'sessions that expire': () => {
    const key = ++count;
    held.set(key, item());
    setTimeout(() => held.delete(key), seconds * 1000);
  },
  'no state': () => undefined,
};

const serve = BEHAVIORS[behavior];
createServer((_request, response) => {
  serve();
  const body = JSON.stringify(Array.from({ length: 20 }, item));
  response.end(String(JSON.parse(body).length));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
