import { FloatRingBuffer } from '../../base/ring-buffer.ts';

/** One step of a history; null if nothing was measured. */
export interface UsageCell {
  readonly cpuPercent: number | null;
  readonly memoryMb: number | null;
}

const GAP: UsageCell = { cpuPercent: null, memoryMb: null };

/** The newest `capacity` cells of a history, with consecutive numbers: skipped cells are gaps. */
export class CellSeries {
  readonly #cpu: FloatRingBuffer;
  readonly #memory: FloatRingBuffer;
  /** Number of the newest cell; undefined while the series is empty. */
  #newest = 0;

  constructor(capacity: number) {
    this.#cpu = new FloatRingBuffer(capacity);
    this.#memory = new FloatRingBuffer(capacity);
  }

  /** Fills the newest cell or a later one. An earlier number means that the clock was set back: later cells are removed. */
  put(number: number, cell: UsageCell): void {
    if (this.#cpu.length === 0) this.#newest = number - 1;
    if (number < this.#newest) this.#rewindTo(number);
    if (number - this.#newest > this.#cpu.capacity) this.#restartAt(number);
    while (this.#newest < number - 1) this.#append(GAP);
    if (number > this.#newest) this.#append(cell);
    else this.#replaceNewest(cell);
  }

  /** Returns all cells, oldest first, with gaps up to the cell `until`, and the number of the last one. */
  read(until: number): { readonly newest: number; readonly cells: readonly UsageCell[] } {
    const { capacity, length } = this.#cpu;
    if (length === 0) return { newest: until, cells: [] };
    const gaps = Math.min(capacity, Math.max(0, until - this.#newest));
    const first = Math.max(0, length + gaps - capacity);
    const cells: UsageCell[] = [];
    for (let index = first; index < length + gaps; index++) {
      cells.push({ cpuPercent: decode(this.#cpu.at(index)), memoryMb: decode(this.#memory.at(index)) });
    }
    return { newest: Math.max(until, this.#newest), cells };
  }

  #append(cell: UsageCell): void {
    this.#cpu.push(cell.cpuPercent ?? NaN);
    this.#memory.push(cell.memoryMb ?? NaN);
    this.#newest++;
  }

  #replaceNewest(cell: UsageCell): void {
    this.#cpu.replaceNewest(cell.cpuPercent ?? NaN);
    this.#memory.replaceNewest(cell.memoryMb ?? NaN);
  }

  #rewindTo(number: number): void {
    const surplus = this.#newest - number;
    if (surplus >= this.#cpu.length) {
      this.#restartAt(number);
      return;
    }
    this.#cpu.dropNewest(surplus);
    this.#memory.dropNewest(surplus);
    this.#newest = number;
  }

  #restartAt(number: number): void {
    this.#cpu.clear();
    this.#memory.clear();
    this.#newest = number - 1;
  }
}

/** Rounds to one decimal, as displayed; a 32-bit float would be serialized with fifteen meaningless digits. */
function decode(stored: number | undefined): number | null {
  return stored === undefined || Number.isNaN(stored) ? null : Math.round(stored * 10) / 10;
}
