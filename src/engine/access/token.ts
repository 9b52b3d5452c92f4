import { createHash, timingSafeEqual } from 'node:crypto';
import { ownershipProblem } from '../../base/ownership.ts';
import { readRegularFile, type RegularFile } from '../../base/regular-file.ts';
import { messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';

const MIN_LENGTH = 16;

/** The token of the remote API. Only its hash is kept in memory. */
export interface Token {
  /** Compares in constant time. */
  isRight(candidate: string): boolean;
}

/**
 * Reads the token from its file.
 * @throws HealerError INVALID_CONFIG if the file cannot be read, is accessible to other users, or contains no valid token
 */
export function readToken(file: string): Token {
  const text = readSecret(file);
  if (text.length < MIN_LENGTH || /\s/.test(text)) {
    throw refusal(
      file,
      `it must contain a single word of at least ${String(MIN_LENGTH)} characters; "openssl rand -hex 32" prints one`,
    );
  }
  const wanted = digest(text);
  return { isRight: (candidate) => timingSafeEqual(digest(candidate), wanted) };
}

function readSecret(file: string): string {
  let read: RegularFile;
  try {
    read = readRegularFile(file);
  } catch (cause) {
    throw refusal(file, messageOf(cause));
  }
  if ((read.stats.mode & 0o077) !== 0) throw refusal(file, 'other users can read it; run chmod 600 on it');
  // Who can replace the file can choose the token.
  const unsafe = ownershipProblem(file);
  if (unsafe !== null) throw refusal(file, `${unsafe.message}; ${unsafe.hint}`);
  return read.content.toString('utf8').trim();
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refusal(file: string, why: string): HealerError {
  return new HealerError('INVALID_CONFIG', `the token file "${file}" cannot be used: ${why}`, { file });
}
