import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, void *address, uint length)');
const recv = libc.func('long recv(int fd, void *bytes, size_t length, int flags)');

/** The notification socket of systemd. */
export class NotifySocket implements Disposable {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'healer-notify-'));
  readonly #fd: number;
  readonly #messages: string[] = [];

  /** @param abstractName binds to an abstract name instead of a file */
  constructor(abstractName: string | null = null) {
    this.path = abstractName === null ? join(this.#folder, 'notify') : `@${abstractName}`;
    this.#fd = socket(AF_UNIX, SOCK_DGRAM, 0) as number;
    const address = Buffer.from(`\u0001\0${abstractName === null ? `${this.path}\0` : `\0${abstractName}`}`);
    if (bind(this.#fd, address, address.length) !== 0) throw new Error(`cannot bind to ${this.path}`);
  }

  /** Returns all messages so far. */
  messages(): readonly string[] {
    const bytes = Buffer.alloc(4096);
    for (;;) {
      const length = Number(recv(this.#fd, bytes, bytes.length, MSG_DONTWAIT));
      if (length < 0) return this.#messages;
      this.#messages.push(bytes.toString('utf8', 0, length));
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
