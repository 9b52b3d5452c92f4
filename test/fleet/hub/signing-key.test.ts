import { createAccount, createOperator, createUser, fromPublic, fromSeed } from '@nats-io/nkeys';
import { expect, test } from 'vitest';
import { keyPairOf } from '../../../src/fleet/bus/signing-key.ts';

test.each([
  ['operators', createOperator],
  ['accounts', createAccount],
  ['users', createUser],
])('keys of %s sign and are named as with the NATS package', (_what, create) => {
  for (let round = 0; round < 10; round++) {
    const seed = new TextDecoder().decode(create().getSeed());
    const theirs = fromSeed(new TextEncoder().encode(seed));
    const ours = keyPairOf(seed);
    const message = new TextEncoder().encode(`a challenge ${String(round)}`);
    expect(ours.getPublicKey()).toBe(theirs.getPublicKey());
    expect(fromPublic(ours.getPublicKey()).verify(message, ours.sign(message))).toBe(true);
    expect(Buffer.from(ours.sign(message))).toEqual(Buffer.from(theirs.sign(message)));
  }
});
