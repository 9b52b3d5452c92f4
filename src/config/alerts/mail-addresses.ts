import { createRequire } from 'node:module';
import type addressparser from 'nodemailer/lib/addressparser';

let loaded: typeof addressparser | undefined;

/** Loads the parser with the first address: an engine without mail needs none. */
function parser(): typeof addressparser {
  loaded ??= createRequire(import.meta.url)('nodemailer/lib/addressparser') as typeof addressparser;
  return loaded;
}

/** An address without its name, and the name; empty if there is none. */
export interface Mailbox {
  readonly address: string;
  readonly name: string;
}

// An address without line breaks, spaces, and characters that would end the address in a mail header.
const ADDRESS = /^[^\s<>,;:"\\()[\]@\p{C}]+@[^\s<>,;:"\\()[\]@\p{C}]+$/u;
/** What to write instead of something that is not an address. */
export const MAILBOX_HINT = 'write a mail address such as name@example.com';

/**
 * Parses addresses separated by commas or semicolons, with or without names: `Ops <ops@example.com>, night@example.com`.
 * Repeated addresses count once. Returns a hint if one of them is not an address.
 */
export function parseMailboxes(text: string): readonly Mailbox[] | string {
  // A line break would end the header, whatever a parser makes of it.
  if (/[\p{Cc}]/u.test(text.replaceAll('\t', ' '))) return MAILBOX_HINT;
  // The parser is lenient: it skips missing addresses, closes quotes and joins words.
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
  if (/"|^\s*[,;]|[,;]\s*[,;]|>\s*[^\s,;]/.test(bare)) return MAILBOX_HINT;
  const parsed = parser()(text, { flatten: true }).map(({ address, name }) => ({ address, name }));
  if (parsed.length === 0) return MAILBOX_HINT;
  const wrong = parsed.findIndex(({ address, name }) => !isAddress(address, name, text));
  if (wrong >= 0)
    return parsed.length === 1
      ? MAILBOX_HINT
      : `address ${String(wrong + 1)} of ${String(parsed.length)}: ${MAILBOX_HINT}`;
  return [...new Map(parsed.toReversed().map((mailbox) => [mailbox.address, mailbox])).values()].toReversed();
}

/** Returns a mailbox as text that `parseMailboxes` reads as the same mailbox. */
export function formatMailbox({ address, name }: Mailbox): string {
  return name === '' ? address : `"${name.replace(/["\\]/g, String.raw`\$&`)}" <${address}>`;
}

/** Words beside an address are its name only if the address is in angle brackets. */
function isAddress(address: string, name: string, text: string): boolean {
  return ADDRESS.test(address) && (name === '' || text.includes(`<${address}>`));
}
