import type { IncomingMessage } from 'node:http';
import { HealerError } from '../../../protocol/errors.ts';
import { WIRE_LIMITS } from '../../../protocol/limits.ts';

const LIMIT = WIRE_LIMITS.messageBytes;

/**
 * The body of a request as text; null without one. Read from Node's own request: the framework's limit needs the global
 * `Request` of the whole engine to be replaced.
 * @throws HealerError TOO_LARGE, or INVALID_CONFIG for what is not JSON by its type or no UTF-8
 */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > LIMIT) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  if (bytes === 0) return null;
  // A page in a browser can send any text without asking, but nothing that calls itself JSON.
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
    throw new HealerError('INVALID_CONFIG', 'a body has to be JSON: send "Content-Type: application/json"');
  }
  return decode(Buffer.concat(chunks));
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HealerError('INVALID_CONFIG', 'the body is no UTF-8', {}, { cause });
  }
}

function tooLarge(): HealerError {
  return new HealerError('TOO_LARGE', `a body may have ${String(LIMIT)} bytes`, { limit: LIMIT });
}
