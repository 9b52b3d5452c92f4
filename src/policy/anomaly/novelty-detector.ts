import { ALARM, type Detector, type Evidence, type Finding, isUsable, NOTHING, type Sample } from './detector.ts';
import { SIGNS, SurprisingSigns } from './surprising-signs.ts';
import { TailBank } from './tail-bank.ts';

export interface NoveltyOptions {
  /** The name of the values in the evidence, as in "memory of 512.0 MB". */
  readonly name?: string;
  readonly unit?: string;
}

/** How many of the largest values are kept for each sign, and for their combination. */
const KEPT = 16;
const KEPT_TOGETHER = 24;
/** A few strong signs count for more than many weak ones. */
const POWER = 2.5;
/** Weight of how unusual the combination is for this series. */
const TOGETHER = 0.2;
/** The mean surprise of an anomaly. */
const ANOMALOUS = 4.2;
/** After a peak only stronger ones pass; the threshold decays over about this many samples. */
const ECHO_SAMPLES = 440;
const LEAST_PEAK = 0.3;
const IN_THE_ECHO = 0.02;

/**
 * Creates a detector of unusual samples in any series. It combines cheap statistics, each rated by how improbable its value
 * is given the largest ones so far. Its findings are not acted on: at one sample a second something is always unusual.
 */
export function createNoveltyDetector(options: NoveltyOptions = {}): Detector {
  return new NoveltyDetector(options);
}

class NoveltyDetector implements Detector {
  readonly #signs = new SurprisingSigns();
  /** The tails of the signs, and of their combination. */
  readonly #tails = new TailBank(SIGNS.length + 1, KEPT, KEPT_TOGETHER);
  readonly #name: string;
  readonly #unit: string;
  #peak = 0;
  #sincePeak = 0;
  #finding: Finding = NOTHING;

  constructor({ name = 'a value', unit = '' }: NoveltyOptions) {
    this.#name = name;
    this.#unit = unit === '' ? '' : ` ${unit}`;
  }

  push(sample: Sample): Finding {
    if (!isUsable(sample)) return this.#finding;
    const { t, value } = sample;
    const [usual, deviation] = [this.#signs.usual, this.#signs.usualDeviation];
    this.#signs.push(t, value);
    const { surprise, strongest } = this.#surprise();
    const score = scoreOf(this.#withoutEcho(surprise));
    if (score === 0) {
      this.#finding = NOTHING;
      return NOTHING;
    }
    const anomaly = score >= ALARM;
    const evidence = anomaly ? this.#evidence(value, usual, deviation, strongest) : null;
    this.#finding = { score, anomaly, evidence };
    return this.#finding;
  }

  reset(): void {
    this.#signs.reset();
    this.#tails.clear();
    this.#peak = 0;
    this.#sincePeak = 0;
    this.#finding = NOTHING;
  }

  #surprise(): { readonly surprise: number; readonly strongest: number } {
    this.#tails.countSample();
    let sum = 0;
    let most = 0;
    let strongest = 0;
    for (let sign = 0; sign < SIGNS.length; sign++) {
      const surprise = this.#tails.push(sign, this.#signs.values[sign] ?? 0);
      if (surprise === 0) continue;
      sum += surprise ** POWER;
      if (surprise > most) {
        most = surprise;
        strongest = sign;
      }
    }
    const mean = (sum / SIGNS.length) ** (1 / POWER);
    return { surprise: (1 - TOGETHER) * mean + TOGETHER * this.#tails.push(SIGNS.length, mean), strongest };
  }

  #withoutEcho(surprise: number): number {
    this.#sincePeak += 1;
    const bar = this.#peak * Math.exp(-this.#sincePeak / ECHO_SAMPLES);
    if (surprise <= bar) return surprise * IN_THE_ECHO;
    if (surprise > LEAST_PEAK) {
      this.#peak = surprise;
      this.#sincePeak = 0;
    }
    return surprise;
  }

  #evidence(value: number, usual: number, deviation: number, strongest: number): Evidence {
    const sign = SIGNS[strongest] ?? '';
    return {
      sentence: `${this.#name} of ${value.toPrecision(4)}${this.#unit} is unusual, mainly because of ${sign}; the usual value is ${usual.toPrecision(3)} ± ${deviation.toPrecision(2)}${this.#unit}`,
      figures: { value, usual, deviation },
    };
  }
}

/** Returns 0.5 at ANOMALOUS, and approaches 1 above it. */
function scoreOf(surprise: number): number {
  return surprise / (surprise + ANOMALOUS);
}
