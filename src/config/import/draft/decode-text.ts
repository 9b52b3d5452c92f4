import { HealerError } from '../../../protocol/errors.ts';

/** No configuration is larger; this refuses data files that were named by mistake. */
export const MAX_BYTES = 2 ** 20;

/**
 * Returns the text of a file, without a byte order mark and with line breaks as on Linux.
 * @throws HealerError INVALID_CONFIG if it is too large or not a text in UTF-8
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const problem = problemOf(bytes);
  if (problem !== null) throw unreadable(file, problem);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.replace(/\r\n?/g, '\n');
  } catch (cause) {
    const line = lineOfFault(bytes);
    throw unreadable(
      file,
      `line ${String(line)} is not UTF-8; convert it, such as with iconv -f LATIN1 -t UTF-8`,
      cause,
    );
  }
}

export function unreadable(file: string, why: string, cause?: unknown): HealerError {
  return new HealerError('INVALID_CONFIG', `cannot read "${file}": ${why}`, { file }, { cause });
}

function problemOf(bytes: Uint8Array): string | null {
  if (bytes.length > MAX_BYTES) return 'it is larger than 1 MiB';
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) return 'it is UTF-16; convert it with iconv -f UTF-16 -t UTF-8';
  return bytes.includes(0) ? 'it is not a text file' : null;
}

/** Returns the line, starting at 1, of the first bytes that are not UTF-8. */
function lineOfFault(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  return lines.findIndex((line) => line.includes('\uFFFD')) + 1;
}
