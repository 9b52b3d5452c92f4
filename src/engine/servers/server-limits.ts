const MIB = 2 ** 20;

/** All limits for clients of an engine, whatever the transport. docs/security.md explains them. */
export const SERVER_LIMITS = {
  /** Data of all clients together that waits to be sent, in bytes. */
  unsentBytes: 64 * MIB,
  /** The part of it that only clients of the Unix socket may use, so that remote ones cannot take it from them. */
  unsentReserveBytes: 16 * MIB,
  /** A client that reads nothing for this long is disconnected when the buffers of all clients are full. */
  stalledMs: 1_000,
  /** Connections to the Unix socket, and those of one process. */
  localConnections: 1_024,
  localConnectionsPerProcess: 512,
  /** Subscriptions on one connection to the Unix socket. */
  localStreams: 64,
  /** Connections to each HTTP server; at most a quarter of the files that the engine may open. */
  httpConnections: 2_048,
  /** Connections that have not sent a whole header yet: of all callers, and of one address. */
  halfOpenConnections: 1_536,
  halfOpenConnectionsPerAddress: 1_024,
  /** Connections of one caller that is not trusted. */
  guestConnections: 128,
  /** Streams of server-sent events: of all callers, and of one caller that is not trusted. */
  remoteStreams: 1_500,
  guestStreams: 50,
  /** Shortest time between two updates of a remote stream. */
  remoteUpdateMs: 1_000,
} as const;
