import { socketsSchema } from '../../../protocol/spec/sockets-spec.ts';
import type { ConfSection } from '../draft/conf-file.ts';
import type { SpecDraft } from '../draft/imported.ts';

type Socket = NonNullable<SpecDraft['sockets']>[number];

/** The first descriptor of a socket. */
const FIRST_FD = 3;

/** The sockets of a file that its watchers can use. */
export type CircusSockets = ReadonlyMap<string, Socket | null>;

/** Converts the sections `[socket:NAME]`. Sockets that healer cannot open are null. */
export function socketsOf(sections: readonly ConfSection[]): CircusSockets {
  return new Map(
    sections.flatMap((section) => {
      const name = section.name.startsWith('socket:') ? section.name.slice('socket:'.length) : null;
      return name === null ? [] : [[name.toLowerCase(), socketOf(name, section)] as const];
    }),
  );
}

/** The options that change nothing about an open socket. */
const WITHOUT_EFFECT = new Set(['host', 'port', 'path', 'umask', 'backlog', 'replace', 'so_reuseport', 'blocking']);
const USUAL: Readonly<Record<string, RegExp>> = { family: /^AF_(?:INET6?|UNIX)$/, type: /^SOCK_STREAM$/ };

function socketOf(name: string, { values, broken }: ConfSection): Socket | null {
  const text = (key: string, usual: string): string => values.get(key)?.text.trim() ?? usual;
  const isKnown = [...values].every(([key, value]) => {
    return WITHOUT_EFFECT.has(key) || USUAL[key]?.test(value.text.trim()) === true;
  });
  if (!isKnown || broken !== null) return null;
  const path = text('path', '');
  const host = text('host', 'localhost');
  const listen = path !== '' ? path : `${host.includes(':') ? `[${host}]` : host}:${text('port', '0')}`;
  const mode = /^0?[0-7]{1,3}$/.exec(text('umask', ''))?.[0];
  const socket = {
    listen,
    name,
    ...(values.has('backlog') && { backlog: Number(text('backlog', '')) }),
    // Without a umask, circus uses its own, which is usually 022.
    ...(path !== '' && { mode: (0o777 & ~Number.parseInt(mode ?? '022', 8)).toString(8).padStart(3, '0') }),
  };
  return /[$%]|\(\(/.test(name + listen) || !socketsSchema.safeParse([socket]).success ? null : socket;
}

/** Assigns the sockets that a watcher uses to descriptors, in the order of their use. */
export class UsedSockets {
  readonly #known: CircusSockets;
  readonly #used = new Map<string, Socket>();

  constructor(known: CircusSockets) {
    this.#known = known;
  }

  /** Returns the descriptor of a socket; null if healer cannot open it. */
  use(name: string): number | null {
    const key = name.toLowerCase();
    const socket = this.#known.get(key) ?? null;
    if (socket === null) return null;
    this.#used.set(key, socket);
    return FIRST_FD + [...this.#used.keys()].indexOf(key);
  }

  /** The sockets in the order of their descriptors. */
  get list(): Socket[] {
    return [...this.#used.values()];
  }
}
