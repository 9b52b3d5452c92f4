import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { fromSeed } from '@nats-io/nkeys';

type KeyPair = ReturnType<typeof fromSeed>;

/** The beginning of an Ed25519 private key in PKCS #8, before its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const RAW_BYTES = 32;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** The first byte of a public key, by the second character of its seed. */
const PREFIXES: Readonly<Record<string, number>> = { O: 14 << 3, A: 0, U: 20 << 3 };

/**
 * Returns the key pair of a seed as the NATS packages expect it, but signed with Node's own crypto: the implementation of the
 * package, in JavaScript, takes 10 to 50 ms for each signature.
 */
export function keyPairOf(seed: string): KeyPair {
  const pair = fromSeed(new TextEncoder().encode(seed));
  const { getRawSeed } = pair as KeyPair & { readonly getRawSeed?: () => Uint8Array };
  const prefix = PREFIXES[seed.charAt(1)];
  if (getRawSeed === undefined || prefix === undefined) return pair;
  const key = privateKeyOf(getRawSeed.call(pair));
  pair.sign = (input: Uint8Array): Uint8Array => sign(null, input, key);
  pair.getPublicKey = (): string => encodeKey(prefix, rawPublicKey(key));
  return pair;
}

function privateKeyOf(raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' });
}

function rawPublicKey(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-RAW_BYTES);
}

/** Encodes a key as NATS does: its kind, the key and a checksum, in base32. */
function encodeKey(prefix: number, raw: Buffer): string {
  const content = Buffer.concat([Buffer.of(prefix), raw]);
  const checksum = crc16(content);
  return base32(Buffer.concat([content, Buffer.of(checksum & 0xff, checksum >> 8)]));
}

/** CRC-16/XMODEM. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc;
}

/** Base32 of RFC 4648 without padding. */
function base32(bytes: Buffer): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >> (bits - 5)) & 31);
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (5 - bits)) & 31);
}
