import { hostname } from 'node:os';
import { within } from '../../base/within.ts';
import type { Outgoing } from '../../policy/alerts/alert-queue.ts';
import type { AlertMessage } from '../../protocol/alert.ts';
import type { LogLine } from '../../protocol/log-line.ts';

const LOG_LINES = 20;
const LOG_LINE_CHARS = 1_000;
/** A disk that does not respond must not delay the message about it. */
const LOG_READ_TIMEOUT_MS = 1_000;

/** What messages contain besides alerts. */
export interface MessageSources {
  readonly instance: string;
  readonly readTail: (process: string, count: number) => Promise<readonly LogLine[]>;
}

/** Returns a message as it is stored, with the last output of the program. */
export async function messageOf(out: Outgoing, { instance, readTail }: MessageSources): Promise<AlertMessage> {
  const from = { host: hostname(), instance };
  if (out.form === 'digest') return { ...out, from };
  const { process, kind } = out.alert;
  const hasOutput = process !== null && kind !== 'recovered';
  return { ...out, lines: hasOutput ? await lastLines(readTail(process, LOG_LINES)) : [], from };
}

async function lastLines(reading: Promise<readonly LogLine[]>): Promise<readonly string[]> {
  const lines = await within(
    LOG_READ_TIMEOUT_MS,
    reading.catch(() => []),
    [],
  );
  return lines.map(({ text }) => (text.length <= LOG_LINE_CHARS ? text : `${text.slice(0, LOG_LINE_CHARS)}…`));
}
