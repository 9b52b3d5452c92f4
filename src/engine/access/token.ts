import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';

const LEAST_LENGTH = 16;

/** The one secret of the remote API, held as its hash. */
export interface Token {
  /** Takes the same time whatever differs. */
  isRight(candidate: string): boolean;
}

/** @throws HealerError INVALID_CONFIG for a file that cannot be read, that others can read, or that holds no good token */
export function readToken(file: string): Token {
  const text = readSecret(file);
  if (text.length < LEAST_LENGTH || /\s/.test(text)) {
    throw refusal(
      file,
      `it has to hold one word of at least ${String(LEAST_LENGTH)} characters, such as "openssl rand -hex 32" gives`,
    );
  }
  const wanted = digest(text);
  return { isRight: (candidate) => timingSafeEqual(digest(candidate), wanted) };
}

function readSecret(file: string): string {
  let isOpen: boolean;
  let text: string;
  try {
    isOpen = (statSync(file).mode & 0o077) !== 0;
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw refusal(file, messageOf(cause));
  }
  if (isOpen) throw refusal(file, 'others can read it; chmod 600 makes it yours alone');
  return text;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refusal(file: string, why: string): HealerError {
  return new HealerError('INVALID_CONFIG', `the token file "${file}" cannot be used: ${why}`, { file });
}

/** The token that a request carries (RFC 6750); null without one. Another scheme is a token that is wrong. */
export function bearerOf(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}
