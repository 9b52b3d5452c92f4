/** The longest message between an engine and the log collector about a socket, in bytes. */
export const HANDOFF_BYTES = 16 * 1024;

/** What an engine sends with a descriptor, or about one that it sent before. One message is one JSON object. */
export type HandoffRequest =
  /** With the socket that programs send their notifications to. */
  | { readonly kind: 'notify' }
  /** With a listening socket. */
  | { readonly kind: 'keep'; readonly key: string }
  | { readonly kind: 'drop'; readonly key: string }
  /** Requests all listening sockets: a `kept` for each, with its descriptor, and `end`. */
  | { readonly kind: 'take' };
