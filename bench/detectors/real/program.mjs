/** A typical server in Node: `node program.mjs BEHAVIOR AMOUNT [SECONDS]`. AMOUNT is in MB, or in MB per minute for leaks. */
const [behavior, amountText, secondsText = '600'] = process.argv.slice(2);
const amount = Number(amountText);
const seconds = Number(secondsText);
const TICKS_A_SECOND = 4;
const ITEMS_A_MB = 1000;
const started = Date.now();
const now = () => (Date.now() - started) / 1000;
const loadAt = (t) => 1 + Math.sin((2 * Math.PI * t) / seconds);

/** About a kilobyte. */
const item = () => new Array(120).fill(Math.random());
const items = (mb) => Array.from({ length: Math.round(mb * ITEMS_A_MB) }, item);
/** A request that retains no memory: data is parsed, changed and serialized. */
const serve = (times = 1) => {
  for (let time = 0; time < times * 4; time++)
    JSON.parse(JSON.stringify({ id: time, rows: [item(), items(0.1).length] }));
};
const eachTick = (work) => setInterval(() => work(now()), 1000 / TICKS_A_SECOND);
const perTick = amount / 60 / TICKS_A_SECOND;
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

const BEHAVIORS = {
  'leak into a map': () => eachTick(() => (serve(), hold(perTick))),
  'leak of listeners': async () => {
    const { EventEmitter } = await import('node:events');
    const bus = new EventEmitter().setMaxListeners(0);
    eachTick(() => {
      serve();
      const context = items(perTick);
      bus.on('end', () => context.length);
    });
  },
  'leak of buffers': () => {
    const buffers = [];
    eachTick(() => (serve(), buffers.push(Buffer.alloc(perTick * 2 ** 20, 1))));
  },
  'leak in steps': () => {
    let next = seconds;
    eachTick((t) => {
      serve();
      if (t < next) return;
      next += seconds;
      hold((amount * seconds) / 60);
    });
  },
  'leak per request': () => eachTick((t) => (serve(loadAt(t)), hold(perTick * loadAt(t)))),
  'leak after calm': () => eachTick((t) => (serve(), t > seconds && hold(perTick))),
  'leak under large garbage': () =>
    eachTick((t) => (serve(), hold(perTick), Math.floor(t * TICKS_A_SECOND) % 20 === 0 && items(12))),
  'warm-up': () =>
    eachTick((t) => (serve(), hold(Math.max(0, amount * (1 - Math.exp(-t / seconds)) - count / ITEMS_A_MB)))),
  'bounded cache': () => eachTick(() => (serve(), hold(amount / seconds / TICKS_A_SECOND), letGo(amount))),
  /** What outlives two small collections is garbage until the first large one, which a young heap has late. */
  'sessions that end': () =>
    eachTick(() => {
      serve();
      const first = count;
      hold(perTick);
      const last = count;
      setTimeout(() => {
        for (let key = first + 1; key <= last; key++) held.delete(key);
      }, seconds * 1000);
    }),
  sawtooth: () => (hold(amount), eachTick(() => serve(3))),
  'old sawtooth': () =>
    eachTick(() => (serve(), hold(amount / seconds / TICKS_A_SECOND), held.size > amount * ITEMS_A_MB && held.clear())),
  traffic: () => eachTick((t) => (serve(loadAt(t)), hold(0.5), letGo((amount / 2) * loadAt(t)))),
  step: () => setTimeout(() => hold(amount), seconds * 1000) && eachTick(() => serve()),
  batch: () => {
    setInterval(() => items(amount).sort((a, b) => a[0] - b[0]), seconds * 1000);
    eachTick(() => serve());
  },
};

BEHAVIORS[behavior]();
