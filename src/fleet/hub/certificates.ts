import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

/** A certificate and its private key, both as PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

const YEARS_VALID = 20;
/** Clocks of hosts may be behind that of the hub. */
const BACKDATED_MS = 86_400_000;

const ECDSA_WITH_SHA256 = der.sequence(der.objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const ALTERNATIVE_NAMES = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Creates a certificate authority that can only sign certificates of servers directly. */
export function createAuthority(name: string): CertifiedKey {
  const keys = createKeys();
  const id = keyId(keys.publicKey);
  const extensions = [
    extension(BASIC_CONSTRAINTS, der.sequence(der.boolean(true), der.integer(Buffer.of(0))), true),
    // keyCertSign is the bit with the number 5.
    extension(KEY_USAGE, der.bitString(Buffer.of(0x04), 2), true),
    extension(SUBJECT_KEY_ID, der.octets(id)),
  ];
  return certify({ name, issuer: name, keys, signer: keys.privateKey, extensions });
}

/** Creates a certificate for a server at some addresses or host names. */
export function createServerCertificate(authority: CertifiedKey, authorityName: string, hosts: readonly string[]) {
  const keys = createKeys();
  const signer = createPrivateKey(authority.key);
  const extensions = [
    extension(BASIC_CONSTRAINTS, der.sequence(), true),
    // digitalSignature is the bit with the number 0.
    extension(KEY_USAGE, der.bitString(Buffer.of(0x80), 7), true),
    extension(EXTENDED_KEY_USAGE, der.sequence(der.objectId(SERVER_AUTHENTICATION))),
    extension(AUTHORITY_KEY_ID, der.sequence(der.tagged(0, keyId(createPublicKey(signer)), false))),
    extension(ALTERNATIVE_NAMES, der.sequence(...hosts.map(alternativeName))),
  ];
  return certify({ name: hosts[0] ?? 'hub', issuer: authorityName, keys, signer, extensions });
}

function createKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 0 ? der.tagged(2, Buffer.from(host), false) : der.tagged(7, addressBytes(host), false);
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // The parser of URLs writes each group in its shortest form and joins IPv4 tails.
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array<string>(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0');
  const groups = [...(before ?? []), ...zeros, ...(after ?? [])].map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

interface CertificateContent {
  readonly name: string;
  readonly issuer: string;
  readonly keys: KeyPair;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** The fields are in the order of RFC 5280. */
function certify({ name, issuer, keys, signer, extensions }: CertificateContent): CertifiedKey {
  const content = der.sequence(
    der.tagged(0, der.integer(Buffer.of(2))),
    der.integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    der.sequence(der.time(new Date(Date.now() - BACKDATED_MS)), der.time(yearsAhead())),
    distinguishedName(name),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der.tagged(3, der.sequence(...extensions)),
  );
  const signature = sign('sha256', content, signer);
  const certificate = der.sequence(content, ECDSA_WITH_SHA256, der.bitString(signature));
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function yearsAhead(): Date {
  const date = new Date();
  date.setUTCFullYear(date.getUTCFullYear() + YEARS_VALID);
  return date;
}

function distinguishedName(name: string): Buffer {
  return der.sequence(der.set(der.sequence(der.objectId(COMMON_NAME), der.text(name))));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [der.boolean(true)] : [];
  return der.sequence(der.objectId(id), ...critical, der.octets(value));
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
