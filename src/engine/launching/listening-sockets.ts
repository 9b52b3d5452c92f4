import { type Libc, SystemCallError } from '../../base/libc.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { HeldSocketsLink } from '../logs/files/log-transport.ts';
import {
  describeListenAddress,
  type ListenAddress,
  openListeningSocket,
  parseListenAddress,
  removeSocketFile,
  setBacklog,
} from '../os/listening-socket.ts';

/** A listening socket as a program receives it. */
export interface ListeningSocket {
  /** A descriptor of this process. */
  readonly fd: number;
  readonly name: string;
}

/** The listening sockets of programs, which are held between their runs. Programs with the same address share one. */
export class ListeningSockets {
  readonly #libc: Libc | null;
  readonly #held: HeldSocketsLink | null;

  constructor(libc: Libc | null, held: HeldSocketsLink | null) {
    this.#libc = libc;
    this.#held = held;
  }

  /** Returns the sockets of a program, and opens those that are not held yet. @throws HealerError SPAWN_FAILED */
  open({ id, sockets }: Pick<ProcessSpec, 'id' | 'sockets'>): readonly ListeningSocket[] {
    const [libc, held] = [this.#libc, this.#held];
    if (sockets.length === 0 || libc === null || held === null) return [];
    return sockets.map(({ listen, backlog, mode, name }) => {
      const address = parseListenAddress(listen);
      const key = describeListenAddress(address);
      try {
        const known = held.listening(key);
        const fd = known ?? openListeningSocket(libc, address, parseInt(mode, 8));
        if (known === null) held.keep(key, fd);
        setBacklog(libc, fd, backlog);
        return { fd, name: name ?? String(listen).replaceAll(':', '-') };
      } catch (error) {
        throw refusal(id, address, error);
      }
    });
  }

  /** Returns the addresses of a program whose sockets are not held: they were lost with an engine and its log collector. */
  lostOf({ sockets }: Pick<ProcessSpec, 'sockets'>): readonly string[] {
    const keys = sockets.map(({ listen }) => describeListenAddress(parseListenAddress(listen)));
    return keys.filter((key) => this.#held?.listening(key) === null);
  }

  /** Closes the sockets that none of these programs has. */
  keepOnly(programs: Iterable<Pick<ProcessSpec, 'sockets'>>): void {
    const keys = this.#held?.keys() ?? [];
    if (keys.length === 0) return;
    const used = new Set<string>();
    for (const { sockets } of programs)
      for (const { listen } of sockets) used.add(describeListenAddress(parseListenAddress(listen)));
    for (const key of keys.filter((each) => !used.has(each))) {
      this.#held?.drop(key);
      if (key.startsWith('/')) removeSocketFile({ kind: 'unix', path: key });
    }
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process uses this address; end it, or choose another address',
  EACCES: 'the engine may not use this address; ports below 1024 require root or CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine does not have this address',
  ENOENT: 'its folder does not exist; create it first',
};

function refusal(id: string, address: ListenAddress, cause: unknown): HealerError {
  const code = cause instanceof SystemCallError ? cause.code : ((cause as NodeJS.ErrnoException).code ?? 'unknown');
  const where = describeListenAddress(address);
  const message = `cannot start "${id}": cannot listen on ${where}: ${code}, ${ADVICE[code] ?? 'see its errno'}`;
  return new HealerError('SPAWN_FAILED', message, { id, errno: code, address: where }, { cause });
}
