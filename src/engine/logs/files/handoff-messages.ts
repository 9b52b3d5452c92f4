/** The longest message between an engine and the log collector about a socket, in bytes. */
export const HANDOFF_BYTES = 16 * 1024;

/**
 * Keys of sockets on which an engine itself listens begin with this, and those of programs do not: they are addresses. An engine
 * that is about to be replaced leaves its sockets to the next one.
 */
export const ENDPOINT_KEY = 'endpoint ';

/** What an engine sends with a descriptor, or about one that it sent before. One message is one JSON object. */
export type HandoffRequest =
  /** With the socket that programs send their notifications to. */
  | { readonly kind: 'notify' }
  /** With a listening socket. */
  | { readonly kind: 'keep'; readonly key: string }
  | { readonly kind: 'drop'; readonly key: string }
  /** Requests all listening sockets: a `kept` for each, with its descriptor, and `end`. */
  | { readonly kind: 'take' };
