/**
 * The part of DER (ITU-T X.690) that certificates need. Node can sign and read certificates, but not write them.
 */

const [INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, UTF8_STRING, TIME, SEQUENCE, SET] = [
  0x02, 0x03, 0x04, 0x06, 0x0c, 0x18, 0x30, 0x31,
];

function encode(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return encode(SEQUENCE, Buffer.concat(items));
}

export function set(...items: readonly Uint8Array[]): Buffer {
  return encode(SET, Buffer.concat(items));
}

/** Returns a positive integer from its bytes. */
export function integer(bytes: Uint8Array): Buffer {
  // A leading bit of 1 would make it negative.
  const isNegative = (bytes[0] ?? 0) >= 0x80;
  return encode(INTEGER, isNegative ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** Returns an object identifier such as "2.5.4.3". */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return encode(OBJECT_ID, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

export function text(value: string): Buffer {
  return encode(UTF8_STRING, Buffer.from(value));
}

/** Returns a time, in whole seconds. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '');
  return encode(TIME, Buffer.from(`${digits}Z`));
}

/** Returns a string of whole bytes, of which the last `unused` bits do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return encode(BIT_STRING, Buffer.concat([Buffer.of(unused), bytes]));
}

export function octets(bytes: Uint8Array): Buffer {
  return encode(OCTET_STRING, bytes);
}

export function boolean(value: boolean): Buffer {
  return encode(0x01, Buffer.of(value ? 0xff : 0));
}

/** Returns a field that is marked by its number, around others or with content of its own. */
export function tagged(number: number, content: Uint8Array, isConstructed = true): Buffer {
  return encode((isConstructed ? 0xa0 : 0x80) | number, content);
}
