/** All limits of the protocol. In bytes unless the name says otherwise. */
export const WIRE_LIMITS = {
  /** One message, including its newline. */
  messageBytes: 1024 * 1024,
  /** Unsent data per client; above it, the client only receives merged snapshots. */
  unsentBytes: 1024 * 1024,
  /** Lines or events in one message. */
  batchItems: 500,
  /** Lines that one log request may return. */
  tailLines: 100_000,
  /** One line of program output; the remainder continues in the next record. */
  logLineBytes: 64 * 1024,
} as const;
