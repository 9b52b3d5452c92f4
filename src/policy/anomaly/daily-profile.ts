const SECONDS_A_DAY = 86_400;
const SLOTS = 48;
const SLOT_S = SECONDS_A_DAY / SLOTS;

/** The usual level of a series for each half hour of the day. */
export class DailyProfile {
  readonly #levels = new Float32Array(SLOTS).fill(NaN);
  /** The day on which a slot was first filled, modulo 32,768; -1 once another day has filled it too. */
  readonly #firstDays = new Int16Array(SLOTS);
  readonly #learning: number;

  /** @param learning the fraction of a sample's distance by which its slot moves */
  constructor(learning: number) {
    this.#learning = learning;
  }

  /** Takes a sample. Returns its difference from other days at this time, 0 until there are any. */
  push(t: number, value: number): number {
    const days = Math.floor(t / SECONDS_A_DAY);
    const slot = Math.floor((t - days * SECONDS_A_DAY) / SLOT_S) % SLOTS;
    const day = days & 0x7f_ff;
    const level = this.#levels[slot] ?? NaN;
    if (Number.isNaN(level)) {
      this.#levels[slot] = value;
      this.#firstDays[slot] = day;
      return 0;
    }
    if (this.#firstDays[slot] !== day) this.#firstDays[slot] = -1;
    this.#levels[slot] = level + this.#learning * (value - level);
    return this.#firstDays[slot] === -1 ? value - level : 0;
  }

  clear(): void {
    this.#levels.fill(NaN);
  }
}
