import type { Params } from '../../protocol/methods/methods.ts';

/** Rights that a connection gives up, and on whose behalf it calls; see docs/security.md. */
export type LoweredRights = Pick<Params<'hello'>, 'as' | 'allow' | 'caller'>;
