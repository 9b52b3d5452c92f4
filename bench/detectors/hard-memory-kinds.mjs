import { HOUR, keptPeaks, lazyGarbage, leakRate, randomSteps, steady, teeth, traffic } from './memory-shapes.mjs';

/** Kinds of memory series whose floor itself moves, and leaks that are barely worth a restart. */
export const HARD_LEAKS = {
  'below a lazy collector': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base) * 1.3;
    const garbage = lazyGarbage(random, 300, 1200, base * random.between(0.3, 0.9));
    return { at: (t) => base + rate * t + garbage() + noise(), onset: 0 };
  },
  'below an uneven compaction': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base) * 1.3;
    let loose = 0;
    const every = random.between(200, 1000);
    const gain = (base * random.between(0.1, 0.5)) / every;
    const at = (t) => {
      loose += gain * random.between(0.5, 1.5);
      if (random.chance(1 / every)) loose *= random.between(0, 0.8);
      return base + rate * t + loose + noise();
    };
    return { at, onset: 0 };
  },
  'below an allocator that keeps peaks': (random) => {
    const { base, noise } = steady(random);
    const rate = leakRate(random, base) * 1.4;
    const load = traffic(random, 600, 2400);
    const kept = keptPeaks(base * random.between(0.05, 0.25), random.between(0.5, 3));
    return { at: (t) => base + rate * t + kept(load(t)) + noise(), onset: 0 };
  },
  'stairs of minutes': (random) => {
    const { base, noise } = steady(random);
    const mean = random.between(120, 420);
    const steps = randomSteps(random, mean, Math.max(leakRate(random, base) * 1.3, 4 / mean));
    return { at: (t) => base + steps(t) + noise(), onset: 0 };
  },
  'one that is barely worth a restart': (random) => {
    const { base, noise } = steady(random);
    const rate = (Math.max(28, base * 0.14) * random.between(1, 1.5)) / (18 * 60);
    return { at: (t) => base + rate * t + noise(), onset: 0 };
  },
  'with traffic and per request': (random) => {
    const { base, noise } = steady(random);
    const load = traffic(random, 600, 1800);
    const rate = leakRate(random, base) * 1.4;
    const height = base * random.between(0.05, 0.2);
    let held = 0;
    return { at: (t) => base + (held += rate * load(t)) + height * load(t) + noise(), onset: 0 };
  },
};

const healthy = (at) => ({ at, onset: null });

export const HARD_HEALTHY_MEMORY = {
  'a lazy collector': (random) => {
    const { base, noise } = steady(random);
    const garbage = lazyGarbage(random, 200, 1080, base * random.between(0.5, 1.5));
    return healthy(() => base + garbage() + noise());
  },
  'uneven compaction': (random) => {
    const { base, noise } = steady(random);
    const every = random.between(150, 600);
    const gain = (base * random.between(0.1, 0.5)) / every;
    let loose = 0;
    let next = 0;
    return healthy((t) => {
      loose += gain * random.between(0.5, 1.5);
      if (t >= next) {
        loose *= random.between(0, 0.7);
        next = t + every * random.between(0.3, 1.7);
      }
      return base + loose + noise();
    });
  },
  'an allocator that keeps peaks': (random) => {
    const { base, noise } = steady(random);
    const load = traffic(random, 600, 3600);
    const kept = keptPeaks(base * random.between(0.1, 0.5), random.between(0.3, 3));
    return healthy((t) => base + kept(load(t)) + noise());
  },
  'a young heap that grows in stages and is given back': (random) => {
    const { base, noise } = steady(random);
    const every = random.between(0.7, 1.6) * HOUR;
    const stages = random.whole(3, 8);
    const tooth = teeth(random, 20, 120, base * 0.15);
    const height = base * random.between(0.2, 0.8);
    const phase = random.between(0, every);
    return healthy((t) => {
      const stage = Math.floor((((t + phase) % every) / every) * (stages + 1));
      return base + (height * Math.min(stage, stages)) / stages + tooth() + noise();
    });
  },
  'a cache that is trimmed now and then': (random) => {
    const { base, noise } = steady(random);
    const cap = base * random.between(0.3, 2);
    const rate = cap / random.between(200, 900);
    const share = random.between(0.2, 0.6);
    let held = 0;
    return healthy(() => {
      held += rate * random.between(0.5, 1.5);
      if (held > cap) held *= 1 - share;
      return base + held + noise();
    });
  },
  /** The heap grows from stage to stage for minutes. What early stages gained is given back now and then; in the end it stays. */
  'a fresh Node program that warms up for minutes': (random) => {
    const { base: live, noise } = steady(random);
    const top = live * random.between(0.8, 4);
    const end = random.between(5, 18) * 60;
    const stages = random.whole(3, 9);
    const bend = random.between(0.6, 1.4);
    const tooth = teeth(random, 60, 600, top * random.between(0.01, 0.15));
    let [stage, begin, from, creep] = [0, 0, 0, 1];
    return healthy((t) => {
      const next = Math.min(stages, Math.floor((stages * t) / end));
      if (next > stage) {
        const isGivenBack = next < stages - 1 && random.chance(0.35);
        [stage, begin, from] = [
          next,
          t,
          isGivenBack ? from * random.between(0, 0.3) : (top * (stage + 1) ** bend) / stages ** bend,
        ];
        creep = random.between(0.2, 1);
      }
      if (stage === stages) return live + top + tooth() + noise();
      const to = top * ((stage + 1) / stages) ** bend;
      return live + from + (to - from) * Math.min(1, (t - begin) / ((creep * end) / stages)) + noise();
    });
  },
};
