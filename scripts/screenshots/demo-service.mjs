// A service for the screenshots: its CPU usage is a wave, its memory usage a sawtooth, and its log has colors.
const TICK_MS = 400;
const MOST_TEETH = 28;
const PATHS = ['/api/items', '/api/items/42', '/api/cart', '/login', '/health'];

const kept = [];
let ticks = 0;

function burn(share) {
  const end = performance.now() + TICK_MS * share;
  while (performance.now() < end);
}

setInterval(() => {
  ticks += 1;
  const wave = 0.12 + 0.1 * Math.sin(ticks / 14) + 0.05 * Math.random();
  burn(wave);
  if (ticks % 2 === 0) kept.push(Buffer.alloc(1024 * 1024, 1));
  if (kept.length > MOST_TEETH) kept.length = 0;
  const took = Math.round(4 + 300 * wave * Math.random());
  const path = PATHS[ticks % PATHS.length];
  if (ticks % 11 === 0) console.error(`upstream "payments" responded after ${took * 9} ms`);
  else console.log(`\x1b[32mGET\x1b[0m ${path} \x1b[1m200\x1b[0m ${took} ms`);
}, TICK_MS);
