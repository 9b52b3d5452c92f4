// Keeps more and more memory, evenly, in steps or in a sawtooth with a rising floor, up to a cap that does no harm.
// healer: ends it when it reaches its memory limit, or when its leak is found, and starts it afresh.
// Arguments: MB a second and the cap in MB, 1 and 300 unless given; then linear, stepwise or sawtooth.
const [rate = '1', cap = '300', shape = 'linear'] = process.argv.slice(2);
const mbPerSecond = Number(rate);
const capMb = Number(cap);
const STEP_SECONDS = 30;
const TOOTH_SECONDS = 20;
const MB = 1024 * 1024;

const kept = [];
let garbage = [];
let steps = 0;

function keep(mb) {
  for (let count = 0; count < mb && kept.length < capMb; count++) kept.push(Buffer.alloc(MB, 1));
}

const GROW = {
  linear: () => keep(1),
  // The same in the long run, but all at once.
  stepwise: () => {
    if (steps % Math.round(STEP_SECONDS * mbPerSecond) === 0) keep(STEP_SECONDS * mbPerSecond);
  },
  // What is kept is hidden below what comes and goes.
  sawtooth: () => {
    keep(1);
    garbage.push(Buffer.alloc(2 * MB, 1));
    if (garbage.length > TOOTH_SECONDS * mbPerSecond) garbage = [];
  },
};

setInterval(() => {
  GROW[shape]();
  steps += 1;
  if (kept.length % 10 === 0) console.log('keeping %d MB', kept.length);
}, 1000 / mbPerSecond);
