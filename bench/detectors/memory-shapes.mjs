/** Shapes that the kinds of memory series are made of. Values are MB, times seconds. */
export const HOUR = 3600;

/** Adds the noise of a resident set that every real series has: it changes in pages and fluctuates slightly. */
function withNoise(random, share, level) {
  let drift = 0;
  return () => {
    drift = 0.98 * drift + random.gauss() * level * share * 0.2;
    return drift + random.gauss() * level * share * 0.3;
  };
}

export function steady(random) {
  const base = random.between(40, 500);
  const noise = withNoise(random, random.between(0.001, 0.01), base);
  return { base, noise };
}

/** The growth, within the 18 minutes of the first rule, of a leak that warrants a restart. */
export const leakRate = (random, base) => (Math.max(28, base * 0.14) * random.between(1, 6)) / (18 * 60);

/** Garbage on top of the live memory: rises to `height` and falls, slightly different each time. */
export function teeth(random, leastPeriod, mostPeriod, height) {
  let left = 0;
  let period = 1;
  let top = 0;
  return () => {
    if (left <= 0) {
      period = random.between(leastPeriod, mostPeriod);
      left = period;
      top = height * random.between(0.8, 1.2);
    }
    left -= 1;
    return top * (1 - left / period);
  };
}

export function traffic(random, leastPeriod, mostPeriod) {
  const period = random.between(leastPeriod, mostPeriod);
  const phase = random.between(0, 2 * Math.PI);
  const gain = random.between(0.1, 0.3);
  return (t) =>
    Math.max(0, 1 + Math.sin((2 * Math.PI * t) / period + phase) + gain * Math.sin((2 * Math.PI * t) / (period / 5.3)));
}

/**
 * Garbage of a lazy collector: it piles up to about `height` within minutes, and a collection releases an uneven part of
 * it.
 */
export function lazyGarbage(random, leastPeriod, mostPeriod, height) {
  let garbage = 0;
  let rate = 0;
  let left = 0;
  return () => {
    if (left <= 0) {
      garbage *= random.between(0, 0.5);
      left = random.between(leastPeriod, mostPeriod);
      rate = Math.max(0, height * random.between(0.7, 1.2) - garbage) / left;
    }
    left -= 1;
    garbage += rate;
    return garbage;
  };
}

/** What an allocator keeps of the peaks of a load: a peak raises it, and it gives back a little between peaks. */
export function keptPeaks(height, returnedAnHour) {
  let kept = 0;
  return (load) => {
    kept = Math.max(height * load, kept * (1 - returnedAnHour / HOUR));
    return kept;
  };
}

/** Steps of a random size at random times, every `mean` seconds. Returns what they add up to. */
export function randomSteps(random, mean, rate) {
  let held = 0;
  let next = mean * random.between(0.3, 1.7);
  return (t) => {
    if (t < next) return held;
    held += rate * mean * random.between(0.4, 1.6);
    next = t + mean * random.between(0.3, 1.7);
    return held;
  };
}
