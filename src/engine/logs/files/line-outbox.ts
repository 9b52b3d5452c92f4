import { writeSync } from 'node:fs';

/** As many bytes are not kept back for the end of the turn. */
const MAX_KEPT_BYTES = 4096;

/**
 * Writes lines to a pipe that may be full: immediately if there is room, without waiting for the event loop; the remainder
 * is kept for `flush`.
 */
export class LineOutbox {
  readonly #fd: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  send(line: string): void {
    this.#add(line);
    if (this.#waiting.length === 1) this.flush();
  }

  /** Like `send`, but may leave the line for the next `flush`, so that lines are written together. */
  sendLater(line: string): void {
    this.#add(line);
    if (this.#waitingBytes > MAX_KEPT_BYTES) this.flush();
  }

  #add(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  /** Writes as much as fits. Returns true if nothing is left. */
  flush(): boolean {
    if (this.#waiting.length > 1) this.#waiting = [Buffer.concat(this.#waiting)];
    for (let head = this.#waiting[0]; head !== undefined; head = this.#waiting[0]) {
      const written = this.#write(head);
      this.#waitingBytes -= written;
      if (written < head.length) {
        this.#waiting[0] = head.subarray(written);
        return false;
      }
      this.#waiting.shift();
    }
    return true;
  }

  forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #write(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}
