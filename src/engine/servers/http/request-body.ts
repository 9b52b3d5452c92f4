import type { IncomingMessage } from 'node:http';
import { HealerError } from '../../../protocol/errors.ts';
import { WIRE_LIMITS } from '../../../protocol/wire-limits.ts';

const LIMIT = WIRE_LIMITS.messageBytes;

/**
 * Returns the body of a request as text, or null if it has none. It reads Node's own request, because the size limit of the
 * framework would require replacing the global `Request` of the whole engine.
 * @throws HealerError TOO_LARGE; INVALID_CONFIG if the content type is not JSON or the body is not valid UTF-8
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
  // Without a CORS preflight, a web page can send plain text but not a request with a JSON content type.
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
    throw new HealerError('INVALID_CONFIG', 'the body must be JSON: send "Content-Type: application/json"');
  }
  return decode(Buffer.concat(chunks));
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HealerError('INVALID_CONFIG', 'the body is not valid UTF-8', {}, { cause });
  }
}

function tooLarge(): HealerError {
  return new HealerError('TOO_LARGE', `the body may have at most ${String(LIMIT)} bytes`, { limit: LIMIT });
}
