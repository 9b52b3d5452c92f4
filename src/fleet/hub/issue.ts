import {
  createAccount,
  createOperator,
  createUser,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fromPublic,
  newScopedSigner,
} from '@nats-io/jwt';
import { keyPairOf } from '../bus/signing-key.ts';
import type { BusCredential } from '../bus/credential.ts';
import type { HubContent } from './hub-file.ts';
import { permissionsOf, type Scope, SCOPES } from './role-templates.ts';

type Key = ReturnType<typeof keyPairOf>;
type HubKeys = Pick<HubContent, 'operatorSeed' | 'systemSeed' | 'accountSeed' | 'scopeSeeds'>;

const UNLIMITED = {
  subs: -1,
  conn: -1,
  leaf: 0,
  imports: 0,
  exports: 0,
  data: -1,
  payload: -1,
  wildcards: false,
} as const;

const JETSTREAM = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 } as const;

/** Creates the keys of a hub. */
export function createHubKeys(): HubKeys {
  const scopes = SCOPES.map((scope) => [scope, seedOf(createAccount())] as const);
  return {
    operatorSeed: seedOf(createOperator()),
    systemSeed: seedOf(createAccount()),
    accountSeed: seedOf(createAccount()),
    scopeSeeds: Object.fromEntries(scopes) as Record<Scope, string>,
  };
}

/** The parts of the server's configuration that the keys sign. */
export interface SignedAccounts {
  readonly operator: string;
  readonly systemKey: string;
  readonly system: string;
  readonly fleetKey: string;
  readonly fleet: string;
}

/** Signs the accounts of a hub, with the permissions of each scope and the revoked keys. */
export async function signAccounts(hub: HubContent): Promise<SignedAccounts> {
  const [operator, system, account] = [hub.operatorSeed, hub.systemSeed, hub.accountSeed].map(keyOf) as [Key, Key, Key];
  const scopes = SCOPES.map((scope) => scopedSigner(hub, scope));
  const claims = { limits: { ...UNLIMITED, ...JETSTREAM }, signing_keys: scopes, revocations: { ...hub.revoked } };
  return {
    operator: await encodeOperator('healer', operator, { system_account: system.getPublicKey() }),
    systemKey: system.getPublicKey(),
    system: await encodeAccount('SYS', system, { limits: UNLIMITED }, { signer: operator }),
    fleetKey: account.getPublicKey(),
    fleet: await encodeAccount('FLEET', account, claims, { signer: operator }),
  };
}

function scopedSigner(hub: HubContent, scope: Scope): ReturnType<typeof newScopedSigner> {
  const { publish, subscribe } = permissionsOf(scope);
  return newScopedSigner(keyOf(hub.scopeSeeds[scope]), scope, {
    subs: -1,
    data: -1,
    payload: -1,
    pub: { allow: [...publish] },
    sub: { allow: [...subscribe] },
    bearer_token: false,
    allowed_connection_types: ['STANDARD'],
  });
}

/** The owner of a credential. */
export interface Holder {
  readonly scope: Scope;
  readonly name: string;
  readonly site: string;
  readonly verbs: readonly string[];
  readonly publicKey: string;
  readonly expiresAtMs?: number;
}

/** Issues a credential for a public key, and returns it as a JWT. */
export async function issue(hub: HubContent, holder: Holder): Promise<string> {
  const { scope, name, site, verbs, publicKey, expiresAtMs } = holder;
  const tags = [`site:${site}`, ...verbs.map((verb) => `verb:${verb}`)];
  const issuer_account = keyOf(hub.accountSeed).getPublicKey();
  return encodeUser(
    name,
    fromPublic(publicKey),
    keyOf(hub.scopeSeeds[scope]),
    { issuer_account, tags },
    { scopedUser: true, ...(expiresAtMs === undefined ? {} : { exp: Math.floor(expiresAtMs / 1000) }) },
  );
}

/** Creates a credential of a scope that this machine uses itself. It is stored nowhere. */
export async function ownCredential(
  hub: HubContent,
  scope: 'keeper' | 'admin',
  name: string,
): Promise<Pick<BusCredential, 'jwt' | 'seed'>> {
  const { publicKey, seed } = createUserKey();
  return { jwt: await issue(hub, { scope, name, site: '*', verbs: ['*'], publicKey }), seed };
}

/** Creates a credential for the system account, with which accounts can be replaced. It is stored nowhere. */
export async function systemCredential(hub: HubContent): Promise<Pick<BusCredential, 'jwt' | 'seed'>> {
  const user = createUser();
  return { jwt: await encodeUser('hub', user, keyOf(hub.systemSeed)), seed: seedOf(user) };
}

/** Creates the key of a user. */
export function createUserKey(): { readonly publicKey: string; readonly seed: string } {
  const seed = seedOf(createUser());
  return { publicKey: keyOf(seed).getPublicKey(), seed };
}

function seedOf(key: Key): string {
  return new TextDecoder().decode(key.getSeed());
}

function keyOf(seed: string): Key {
  return keyPairOf(seed);
}
