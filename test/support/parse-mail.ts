import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** A mail as Python's `email` package reads it, which follows the RFCs strictly. */
export interface StrictMail {
  readonly problems: readonly string[];
  readonly isAscii: boolean;
  readonly longestLine: number;
  /** ISO 8601. */
  readonly date: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly to: readonly Mailbox[];
  readonly from: readonly Mailbox[];
  readonly bodies: Readonly<Record<string, string>>;
}

const SCRIPT = fileURLToPath(new URL('../fixtures/parse_mail.py', import.meta.url));

/** Parses the raw bytes of a mail with an independent parser. */
export function parseMail(raw: Buffer): StrictMail {
  const { stdout, stderr, status } = spawnSync('python3', [SCRIPT], { input: raw, encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3 cannot parse the mail: ${stderr}`);
  return JSON.parse(stdout);
}
