/**
 * Memory usage over 36 hours, one sample every 5 s, in MB: leaks of 5 to 300 MB per hour, and healthy programs that change
 * over hours. Even fills are a set of their own, because they look like leaks until they stop growing.
 */
import { HOUR, keptPeaks, lazyGarbage, randomSteps, teeth } from './memory-shapes.mjs';

export const SLOW_SECONDS = 36 * HOUR;
export const SLOW_STEP_S = 5;
const DAY = 24 * HOUR;

/** A base of 30 to 3,000 MB, evenly distributed over the orders of magnitude. */
function program(random) {
  const base = 30 * 100 ** random.next();
  const share = random.between(0.001, 0.006);
  let drift = 0;
  const noise = () => {
    drift = 0.98 * drift + random.gauss() * base * share * 0.2;
    return drift + random.gauss() * base * share * 0.3;
  };
  return { base, noise };
}

/** A rate in MB per second: 5 to 300 MB per hour, and at least half of the base within a day. */
function slowRate(random, base) {
  const least = Math.max(5, base / 48);
  return (least * Math.max(1, 300 / least) ** random.next()) / HOUR;
}

function day(random, height) {
  const phase = random.between(0, DAY);
  const gain = random.between(0, 0.3);
  return (t) => {
    const angle = (2 * Math.PI * (t + phase)) / DAY;
    return (height * (1 + Math.sin(angle) + gain * Math.sin(3 * angle))) / 2;
  };
}

/** Shapes that count samples are called once for each. */
const perSample = (seconds) => seconds / SLOW_STEP_S;

export const SLOW_LEAKS = {
  alone: (random) => {
    const { base, noise } = program(random);
    const rate = slowRate(random, base);
    return { at: (t) => base + rate * t + noise(), onset: 0 };
  },
  'in steps': (random) => {
    const { base, noise } = program(random);
    const steps = randomSteps(random, random.between(60, 1800), slowRate(random, base));
    return { at: (t) => base + steps(t) + noise(), onset: 0 };
  },
  'below teeth of 5 to 50 minutes': (random) => {
    const { base, noise } = program(random);
    const rate = slowRate(random, base);
    const period = random.between(300, 3000);
    const tooth = teeth(random, perSample(period * 0.7), perSample(period * 1.3), base * random.between(0.1, 0.8));
    return { at: (t) => base + rate * t + tooth() + noise(), onset: 0 };
  },
  'below the wave of a day': (random) => {
    const { base, noise } = program(random);
    const rate = slowRate(random, base) * 1.5;
    const wave = day(random, base * random.between(0.05, 0.3));
    return { at: (t) => base + rate * t + wave(t) + noise(), onset: 0 };
  },
  'per request': (random) => {
    const { base, noise } = program(random);
    const rate = slowRate(random, base) * 1.5;
    const load = day(random, random.between(0.8, 1.6));
    let held = 0;
    return { at: (t) => base + (held += rate * SLOW_STEP_S * (0.2 + load(t))) + noise(), onset: 0 };
  },
  'below a lazy collector': (random) => {
    const { base, noise } = program(random);
    const rate = slowRate(random, base) * 1.2;
    const garbage = lazyGarbage(random, perSample(600), perSample(3000), base * random.between(0.2, 0.7));
    return { at: (t) => base + rate * t + garbage() + noise(), onset: 0 };
  },
};

const healthy = (at) => ({ at, onset: null });

export const SLOW_HEALTHY = {
  constant: (random) => {
    const { base, noise } = program(random);
    return healthy(() => base + noise());
  },
  'the wave of a day': (random) => {
    const { base, noise } = program(random);
    const wave = day(random, base * random.between(0.05, 0.6));
    return healthy((t) => base + wave(t) + noise());
  },
  'fragmentation that wanders': (random) => {
    const { base, noise } = program(random);
    const tau = random.between(0.5, 6) * HOUR;
    const strength = base * random.between(0.02, 0.1) * Math.sqrt((2 * SLOW_STEP_S) / tau);
    let wander = 0;
    return healthy(() => base + (wander = (1 - SLOW_STEP_S / tau) * wander + strength * random.gauss()) + noise());
  },
  'a warm-up of hours': (random) => {
    const { base, noise } = program(random);
    const tau = random.between(0.2, 5) * HOUR;
    const gain = base * random.between(0.3, 3);
    return healthy((t) => base + gain * (1 - Math.exp(-t / tau)) + noise());
  },
  'a cache of a heavy tail': (random) => {
    const { base, noise } = program(random);
    const tau = random.between(60, 1800);
    const gain = base * random.between(0.3, 1.5);
    return healthy((t) => base + (gain * Math.log1p(t / tau)) / Math.log1p(SLOW_SECONDS / tau) + noise());
  },
  'a heap that grows in stages': (random) => {
    const { base, noise } = program(random);
    const starts = Array.from({ length: random.whole(2, 5) }, () => random.between(0, 24 * HOUR));
    const tooth = teeth(random, perSample(60), perSample(700), base * 0.3);
    return healthy((t) => base * (1 + 0.2 * starts.filter((start) => t > start).length) + tooth() + noise());
  },
  'a lazy collector': (random) => {
    const { base, noise } = program(random);
    const garbage = lazyGarbage(random, perSample(300), perSample(1080), base * random.between(0.5, 1.5));
    return healthy(() => base + garbage() + noise());
  },
  'an allocator that keeps the peaks of days': (random) => {
    const { base, noise } = program(random);
    const load = day(random, 1);
    const kept = keptPeaks(base * random.between(0.1, 0.6), random.between(0.001, 0.02));
    return healthy((t) => base + kept(load(t)) + noise());
  },
  'nightly jobs': (random) => {
    const { base, noise } = program(random);
    const every = random.between(3, 24) * HOUR;
    const length = every * random.between(0.05, 0.4);
    const height = base * random.between(0.2, 2);
    return healthy((t) => base + (t % every < length ? height * Math.min(1, (t % every) / 300) : 0) + noise());
  },
};

export const EVEN_FILLS = {
  'an even fill of 15 minutes to 3 hours': (random) => {
    const { base, noise } = program(random);
    const start = random.between(0, 4 * HOUR);
    const seconds = random.between(900, 3 * HOUR);
    const cap = base * random.between(0.5, 4);
    return healthy((t) => base + cap * Math.min(1, Math.max(0, (t - start) / seconds)) + noise());
  },
};
