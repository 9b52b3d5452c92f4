import { get as getPlain, type IncomingMessage } from 'node:http';
import * as z from 'zod';

const statusSchema = z.object({ instanceId: z.string(), pid: z.number().int().positive() });

/** The engine that responded. */
export type StatusAnswer = z.output<typeof statusSchema>;

/** A status has a few hundred bytes. */
const MAX_BYTES = 64 * 1024;

/** Requests the status of an engine over a new connection. Returns null if no valid response arrives in time. */
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
    if (text.length > MAX_BYTES) throw new Error('the response is too long for a status');
  }
  return text;
}
