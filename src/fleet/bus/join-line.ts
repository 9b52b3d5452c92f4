import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { HealerError } from '../../protocol/errors.ts';
import { type BusCredential, parseCredential } from './credential.ts';

const PREFIX = 'healer-join-1.';
const MAX_BYTES = 64 * 1024;

/** An invitation: the credential of a key that may only be exchanged for a credential of its own. */
export interface Invitation extends BusCredential {
  /** When it stops working, in ms since 1970. */
  readonly expiresAtMs: number;
}

/** Returns an invitation as one word, to be pasted into a terminal. */
export function writeJoinLine(invitation: Invitation): string {
  return `${PREFIX}${deflateRawSync(JSON.stringify(invitation), { level: 9 }).toString('base64url')}`;
}

/** Reads an invitation. Line breaks that a terminal or a mail added are ignored. @throws HealerError INVALID_CONFIG */
export function readJoinLine(line: string): Invitation {
  const word = line.replaceAll(/\s+/g, '');
  if (!word.startsWith(PREFIX)) {
    throw invalid(`it starts with ${PREFIX}…`);
  }
  const text = inflate(word.slice(PREFIX.length));
  const credential = text === null ? null : parseCredential(text);
  if (text === null || credential === null) throw invalid('this one is incomplete or damaged');
  const { expiresAtMs } = JSON.parse(text) as Partial<Invitation>;
  if (typeof expiresAtMs !== 'number') throw invalid('this one has no expiry');
  return { ...credential, expiresAtMs };
}

function inflate(word: string): string | null {
  try {
    return inflateRawSync(Buffer.from(word, 'base64url'), { maxOutputLength: MAX_BYTES }).toString('utf8');
  } catch {
    return null;
  }
}

function invalid(problem: string): HealerError {
  return new HealerError(
    'INVALID_CONFIG',
    `not an invitation: ${problem}; copy the whole line that "healer fleet invite" printed`,
  );
}
