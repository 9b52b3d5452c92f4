import { parseJsonObject } from '../../base/parse-json-object.ts';
import { ANY } from './subjects.ts';
import { isHostName, isSiteName } from './names.ts';

/** What the hub keeps, and persons may read. */
export const KEPT_KINDS = ['rows', 'facts', 'hosts'] as const;
export type KeptKind = (typeof KEPT_KINDS)[number];

/** Which of the kept messages to read. Site and host may be `ANY`. */
export interface KeptRequest {
  readonly kind: KeptKind;
  readonly site: string;
  readonly host: string;
}

/** A message that the hub has kept. */
export interface KeptMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** How long ago it arrived at the hub, in ms by the clock of the server. */
  readonly ageMs: number;
  /** Whether it marks the removal of a key. */
  readonly isRemoval: boolean;
}

/** The size of a page of kept messages, in characters, well below the largest message of the bus. */
const PAGE_CHARS = 256 * 1024;

type Wire = readonly [subject: string, data: string, ageMs: number, removal: 0 | 1];

/** Returns the subject on which a person asks for what the hub keeps. */
export function keptSubject(caller: string): string {
  return `healer.v1.kept.${caller}`;
}

/** Returns the person who asked on a subject; null if it is another subject. */
export function keptCaller(subject: string): string | null {
  return /^healer\.v1\.kept\.([A-Za-z0-9_-]{1,64})$/.exec(subject)?.[1] ?? null;
}

/** Reads a request; null if it is not one. */
export function readKeptRequest(text: string): KeptRequest | null {
  const { kind, site, host } = parseJsonObject(text) ?? {};
  const known = KEPT_KINDS.find((each) => each === kind);
  if (known === undefined || typeof site !== 'string' || typeof host !== 'string') return null;
  const isNamed = (site === ANY || isSiteName(site)) && (host === ANY || isHostName(host));
  return isNamed ? { kind: known, site, host } : null;
}

/** Collects messages into pages, so that none is larger than the bus carries. */
export class KeptPages {
  readonly #send: (page: string) => void;
  #messages: Wire[] = [];
  #chars = 0;

  constructor(send: (page: string) => void) {
    this.#send = send;
  }

  /** @param text the bytes of the message, one character each: hosts may have written anything */
  add({ subject, ageMs, isRemoval }: Omit<KeptMessage, 'data'>, text: string): void {
    this.#messages.push([subject, text, Math.round(ageMs), isRemoval ? 1 : 0]);
    this.#chars += subject.length + text.length;
    if (this.#chars >= PAGE_CHARS) this.flush();
  }

  flush(): void {
    if (this.#messages.length > 0) this.#send(JSON.stringify({ messages: this.#messages }));
    this.#messages = [];
    this.#chars = 0;
  }
}

/** What an answer contains: messages, or why they cannot be read. */
export type KeptPage = { readonly messages: readonly KeptMessage[] } | { readonly problem: string };

/** Reads a page. */
export function readKeptPage(text: string): KeptPage {
  const { messages, problem } = parseJsonObject(text) ?? {};
  if (typeof problem === 'string') return { problem };
  if (!Array.isArray(messages)) return { problem: 'the hub sent something that is not a page of messages' };
  return {
    messages: (messages as readonly Wire[]).map(([subject, data, ageMs, removal]) => ({
      subject,
      data: Buffer.from(data, 'latin1'),
      ageMs,
      isRemoval: removal === 1,
    })),
  };
}
