/**
 * Memory usage over two hours at 1 Hz, in MB: kinds that leak and kinds that only look like it. A kind is a function of a
 * random source that returns `{ at: (second) => MB, onset }`; `onset` is null for kinds that do not leak.
 */
import { HARD_HEALTHY_MEMORY, HARD_LEAKS } from './hard-memory-kinds.mjs';
import { HOUR, leakRate, steady, teeth, traffic } from './memory-shapes.mjs';

const linear = (random) => {
  const { base, noise } = steady(random);
  const rate = leakRate(random, base);
  return { at: (t) => base + rate * t + noise(), onset: 0 };
};

export const LEAKS = {
  linear,
  'linear after calm': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base);
    const onset = random.between(0.5, 1.2) * HOUR;
    return { at: (t) => base + rate * Math.max(0, t - onset) + noise(), onset };
  },
  stepwise: (random) => {
    const { base, noise } = steady(random);
    const every = random.between(20, 200);
    const rate = leakRate(random, base);
    return { at: (t) => base + Math.floor(t / every) * every * rate + noise(), onset: 0 };
  },
  'uneven steps': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base);
    let held = 0;
    const mean = random.between(30, 120);
    return {
      at: () => base + (held += random.chance(1 / mean) ? rate * mean * random.between(0.5, 1.5) : 0) + noise(),
      onset: 0,
    };
  },
  'sawtooth with rising floor': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base);
    const tooth = teeth(random, 5, 25, base * random.between(0.1, 0.6));
    return { at: (t) => base + rate * t + tooth() + noise(), onset: 0 };
  },
  'V8: minor and major collections': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base) * 1.3;
    const minor = teeth(random, 2, 8, base * 0.08);
    const major = teeth(random, 40, 200, base * random.between(0.1, 0.35));
    return { at: (t) => base + rate * t + minor() + major() + noise(), onset: 0 };
  },
  'JVM: large teeth': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base) * 1.5;
    const tooth = teeth(random, 60, 300, base * random.between(0.3, 1));
    return { at: (t) => base + rate * t + tooth() + noise(), onset: 0 };
  },
  'a leak per request': (random) => {
    const { base, noise } = steady(random);
    const load = traffic(random, 600, 2400);
    const rate = leakRate(random, base) * 1.6;
    let held = 0;
    return { at: (t) => base + (held += rate * load(t)) + noise(), onset: 0 };
  },
  'under traffic': (random) => {
    const { base, noise } = steady(random);
    const load = traffic(random, 400, 1200);
    const rate = leakRate(random, base) * 1.8;
    const height = base * random.between(0.03, 0.12);
    return { at: (t) => base + rate * t + height * load(t) + noise(), onset: 0 };
  },
  accelerating: (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base);
    return { at: (t) => base + rate * t * (0.5 + t / HOUR) + noise(), onset: 0 };
  },
  'after warm-up': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base);
    const tau = random.between(30, 300);
    return { at: (t) => base * (1 - 0.6 * Math.exp(-t / tau)) + rate * t + noise(), onset: 0 };
  },
  'in bouts': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base) * 2;
    let held = 0;
    let isOn = true;
    return {
      at: () => {
        if (random.chance(1 / 60)) isOn = !isOn;
        return base + (held += isOn ? rate : 0) + noise();
      },
      onset: 0,
    };
  },
  ...HARD_LEAKS,
};

const healthy = (at) => ({ at, onset: null });

export const HEALTHY_MEMORY = {
  constant: (random) => {
    const { base, noise } = steady(random);
    return healthy(() => base + noise());
  },
  'warm-up to a plateau': (random) => {
    const { base, noise } = steady(random);
    const tau = random.between(30, 900);
    const gain = base * random.between(0.5, 6);
    return healthy((t) => base + gain * (1 - Math.exp(-t / tau)) + noise());
  },
  'late warm-up': (random) => {
    const { base, noise } = steady(random);
    const middle = random.between(300, 4000);
    const width = random.between(30, 200);
    const gain = base * random.between(0.3, 3);
    return healthy((t) => base + gain / (1 + Math.exp((middle - t) / width)) + noise());
  },
  'cache to its cap, evenly': (random) => {
    const { base, noise } = steady(random);
    const start = random.chance(0.5) ? 0 : random.between(0, HOUR);
    const seconds = random.between(60, 14 * 60);
    const cap = base * random.between(0.3, 4);
    return healthy((t) => base + cap * Math.min(1, Math.max(0, (t - start) / seconds)) + noise());
  },
  'cache to its cap, ever slower': (random) => {
    const { base, noise } = steady(random);
    const start = random.chance(0.5) ? 0 : random.between(0, HOUR);
    const tau = random.between(60, 1500);
    const cap = base * random.between(0.3, 4);
    const tooth = teeth(random, 5, 25, base * 0.1);
    return healthy((t) => base + cap * (1 - Math.exp(-Math.max(0, t - start) / tau)) + tooth() + noise());
  },
  'cache of a heavy tail': (random) => {
    const { base, noise } = steady(random);
    const cap = base * random.between(0.3, 1.5);
    const tau = random.between(60, 400);
    return healthy((t) => base + (cap * Math.log1p(t / tau)) / Math.log1p(7200 / tau) + noise());
  },
  'V8 sawtooth': (random) => {
    const { base, noise } = steady(random);
    const minor = teeth(random, 2, 8, base * 0.08);
    const major = teeth(random, 40, 250, base * random.between(0.1, 0.5));
    return healthy(() => base + minor() + major() + noise());
  },
  'JVM sawtooth': (random) => {
    const { base, noise } = steady(random);
    const tooth = teeth(random, 60, 700, base * random.between(0.3, 2));
    return healthy(() => base + tooth() + noise());
  },
  'JVM that grows its heap in stages': (random) => {
    const { base, noise } = steady(random);
    const stages = random.whole(2, 4);
    const at = Array.from({ length: stages }, () => random.between(0, HOUR)).sort((a, b) => a - b);
    const tooth = teeth(random, 20, 120, base * 0.3);
    return healthy((t) => base * (1 + 0.25 * at.filter((start) => t > start).length) + tooth() + noise());
  },
  'follows traffic': (random) => {
    const { base, noise } = steady(random);
    const load = traffic(random, 300, 2400);
    const height = base * random.between(0.1, 0.5);
    return healthy((t) => base + height * load(t) + noise());
  },
  'follows the day': (random) => {
    const { base, noise } = steady(random);
    const load = traffic(random, 5 * HOUR, 24 * HOUR);
    const height = base * random.between(0.01, 0.06);
    return healthy((t) => base + height * load(t) + noise());
  },
  'a step': (random) => {
    const { base, noise } = steady(random);
    const start = random.between(60, 6000);
    const height = base * random.between(0.2, 2);
    return healthy((t) => base + (t > start ? height : 0) + noise());
  },
  'two steps': (random) => {
    const { base, noise } = steady(random);
    const starts = [random.between(60, 3000), random.between(3000, 6000)];
    const height = base * random.between(0.1, 1);
    return healthy((t) => base + height * starts.filter((start) => t > start).length + noise());
  },
  fragmentation: (random) => {
    const { base } = steady(random);
    let wander = 0;
    const strength = base * random.between(0.002, 0.008);
    return healthy(() => base + (wander = 0.998 * wander + strength * random.gauss()) + random.gauss());
  },
  'slow fragmentation': (random) => {
    const { base } = steady(random);
    let wander = 0;
    const strength = base * random.between(0.0005, 0.0015);
    return healthy(() => base + (wander = 0.9997 * wander + strength * random.gauss()) + random.gauss());
  },
  batches: (random) => {
    const { base, noise } = steady(random);
    const every = random.between(200, 2400);
    const length = every * random.between(0.1, 0.5);
    const height = base * random.between(0.2, 2);
    return healthy((t) => {
      const within = t % every;
      return base + (within < length ? height * (within / length) : 0) + noise();
    });
  },
  'high-water mark of an allocator': (random) => {
    const { base, noise } = steady(random);
    let mark = base;
    const spread = base * random.between(0.03, 0.15);
    return healthy(() => {
      if (random.chance(1 / 40)) mark = Math.max(mark, base + spread * Math.abs(random.gauss()));
      return mark + noise();
    });
  },
  ...HARD_HEALTHY_MEMORY,
};

export const MEMORY_SECONDS = 2 * HOUR;
