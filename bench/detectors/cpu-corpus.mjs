/**
 * CPU usage over half an hour at 1 Hz, in percent of one core. A kind returns `{ at: (second) => percent, onset }`; `onset`
 * is null for healthy kinds. Every faulty kind is added to one of the healthy ones.
 */
export const CPU_SECONDS = 1800;

const positive = (value) => Math.max(0, value);

function idle(random) {
  const base = random.between(0, 12);
  return () => positive(base + random.gauss() * (0.5 + base * 0.2));
}

function busy(random) {
  const base = random.between(10, 45);
  return () => positive(base + random.gauss() * base * 0.2);
}

function bursts(random) {
  const quiet = random.chance(0.5) ? idle(random) : busy(random);
  const every = random.between(15, 120);
  const longest = random.between(2, 9);
  const height = random.between(50, 180);
  let left = 0;
  return () => {
    if (left <= 0 && random.chance(1 / every)) left = random.between(1, longest);
    left -= 1;
    return left > -1 && left + 1 > 0 ? height * random.between(0.8, 1.2) : quiet();
  };
}

function cron(random) {
  const quiet = idle(random);
  const every = random.between(60, 290);
  const length = random.between(5, every * 0.25);
  const phase = random.between(0, every);
  const height = random.between(60, 110);
  return (t) => ((t + phase) % every < length * random.between(0.9, 1.1) ? height + random.gauss() * 4 : quiet());
}

function batch(random) {
  const quiet = idle(random);
  const rest = random.between(30, 120);
  const work = random.between(20, 100);
  const height = random.between(80, 200);
  let until = random.between(0, rest);
  let isWorking = false;
  return (t) => {
    if (t >= until) {
      isWorking = !isWorking;
      until = t + (isWorking ? work : rest) * random.between(0.85, 1.1);
    }
    return isWorking ? height + random.gauss() * 5 : quiet();
  };
}

function startUp(random) {
  const quiet = random.chance(0.5) ? idle(random) : busy(random);
  const seconds = random.between(10, 120);
  const height = random.between(80, 250);
  return (t) => (t < seconds ? height + random.gauss() * 8 : quiet());
}

function trafficked(random) {
  const mean = random.between(15, 60);
  const period = random.between(200, 3000);
  const phase = random.between(0, 6);
  const swing = random.between(0.2, 0.7);
  return (t) =>
    positive(mean * (1 + swing * Math.sin((2 * Math.PI * t) / period + phase)) + random.gauss() * mean * 0.15);
}

function always(random) {
  const height = random.between(70, 300);
  return () => positive(height + random.gauss() * height * 0.05);
}

function collector(random) {
  const quiet = busy(random);
  const every = random.between(20, 60);
  return (t) => (t % every < 3 ? 150 + random.gauss() * 20 : quiet());
}

function noisy(random) {
  const base = random.between(15, 50);
  let drift = 0;
  return () => {
    drift = 0.9 * drift + random.gauss() * base * 0.12;
    return positive(base + drift + random.gauss() * base * 0.3);
  };
}

/** Idle at first; its first job comes right after the warm-up of the detector. */
function firstBatch(random) {
  const quiet = idle(random);
  const first = random.between(300, 420);
  const every = random.between(200, 500);
  const work = random.between(20, 70);
  const height = random.between(80, 200);
  return (t) =>
    t > first && (t - first) % every < work * random.between(0.95, 1.05) ? height + random.gauss() * 5 : quiet();
}

function waves(random) {
  const mean = random.between(20, 70);
  const period = random.between(300, 1800);
  const phase = random.between(0, 6);
  const swing = random.between(0.6, 0.85);
  return (t) =>
    positive(mean * (1 + swing * Math.sin((2 * Math.PI * t) / period + phase)) + random.gauss() * mean * 0.1);
}

const healthyKinds = {
  ...{ idle, busy, bursts, cron, batch, startUp, trafficked, always, collector },
  ...{ noisy, 'first job after the warm-up': firstBatch, 'strong waves of traffic': waves },
};

export const HEALTHY_CPU = Object.fromEntries(
  Object.entries(healthyKinds).map(([name, kind]) => [name, (random) => ({ at: kind(random), onset: null })]),
);

/** A level that lasts until the end. */
const over = (below, height) => (random) => {
  const base = below(random);
  const onset = random.between(420, 1500);
  const top = height(random);
  return { at: (t) => base(t) + (t >= onset ? top * (1 + 0.03 * random.gauss()) : 0), onset };
};

const ramp = (below) => (random) => {
  const base = below(random);
  const onset = random.between(420, 1200);
  const seconds = random.between(20, 240);
  const top = random.between(90, 200);
  return { at: (t) => base(t) + (t < onset ? 0 : Math.min(1, (t - onset) / seconds) * top), onset };
};

/** High, but neither full nor even, as threads that wait for each other. */
const livelock = (below) => (random) => {
  const base = below(random);
  const onset = random.between(600, 1500);
  const top = random.between(55, 85);
  let swing = 0;
  const at = (t) => {
    if (t < onset) return base(t);
    swing = 0.7 * swing + random.gauss() * 8;
    return Math.max(base(t), 0.4 * base(t) + top + swing);
  };
  return { at, onset };
};

/** A ramp towards a full core. */
const slowRamp = (below) => (random) => {
  const base = below(random);
  const onset = random.between(600, 1200);
  const seconds = random.between(60, 300);
  return { at: (t) => base(t) + Math.max(0, 98 - base(t)) * Math.min(1, Math.max(0, t - onset) / seconds), onset };
};

const spin = (random) => random.between(90, 100);
const runaway = (random) => random.between(120, 400);

export const SPIKES = {
  'spin of an idle program': over(idle, spin),
  'spin of a busy program': over(busy, spin),
  'spin under bursts': over(bursts, spin),
  'spin beside cron jobs': over(cron, spin),
  'spin after start-up': over(startUp, spin),
  'runaway of an idle program': over(idle, runaway),
  'runaway under traffic': over(trafficked, runaway),
  'runaway beside collections': over(collector, runaway),
  'ramp of an idle program': ramp(idle),
  'ramp under bursts': ramp(bursts),
  'ramp to a core over noise': slowRamp(noisy),
  'ramp to a core of a busy program': slowRamp(busy),
  'ramp to a core beside collections': slowRamp(collector),
  'ramp to a core under bursts': slowRamp(bursts),
  'ramp to a core beside cron jobs': slowRamp(cron),
  'livelock of a busy program': livelock(busy),
  'livelock beside collections': livelock(collector),
  'livelock under bursts': livelock(bursts),
  'livelock over noise': livelock(noisy),
  'runaway over batches': over(batch, runaway),
  'runaway under strong waves': over(waves, runaway),
};
