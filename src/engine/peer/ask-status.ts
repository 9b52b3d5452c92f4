import { get as getPlain, type IncomingMessage } from 'node:http';
import * as z from 'zod';

const statusSchema = z.object({ instanceId: z.string(), pid: z.number().int().positive() });

/** Who answered. */
export type StatusAnswer = z.output<typeof statusSchema>;

/** A status has some hundred bytes. */
const MOST_BYTES = 64 * 1024;

/** Asks an engine whether it is alive, on a connection of its own. Null when nothing of use came in time. */
export async function askStatus(url: string, timeoutMs: number): Promise<StatusAnswer | null> {
  try {
    const get = url.startsWith('https:') ? (await import('node:https')).get : getPlain;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { agent: false, signal: AbortSignal.timeout(timeoutMs), headers: { connection: 'close' } };
      get(url, options, resolve).once('error', reject);
    });
    return statusSchema.parse(JSON.parse(await readBody(response)));
  } catch {
    return null;
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MOST_BYTES) throw new Error('this is no status');
  }
  return text;
}
