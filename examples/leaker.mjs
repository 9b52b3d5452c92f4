// Leaks memory steadily, in steps, or in a sawtooth pattern with a rising minimum, up to a harmless maximum.
// healer: restarts it when it exceeds its memory limit, or when the leak is detected.
// Arguments: MB per second and the maximum in MB (default 1 and 300), then linear, stepwise or sawtooth.
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
  // The same average rate, but in steps.
  stepwise: () => {
    if (steps % Math.round(STEP_SECONDS * mbPerSecond) === 0) keep(STEP_SECONDS * mbPerSecond);
  },
  // The leak is hidden below garbage that is collected.
  sawtooth: () => {
    keep(1);
    garbage.push(Buffer.alloc(2 * MB, 1));
    if (garbage.length > TOOTH_SECONDS * mbPerSecond) garbage = [];
  },
};

setInterval(() => {
  GROW[shape]();
  steps += 1;
  if (kept.length % 10 === 0) console.log('using %d MB', kept.length);
}, 1000 / mbPerSecond);
