/** Every cap of the wire and of what stands behind it, in one place. Bytes unless the name says otherwise. */
export const WIRE_LIMITS = {
  /** A message, its newline included. */
  messageBytes: 1024 * 1024,
  /** Unsent data a client may cause before it is served merged snapshots only. */
  unsentBytes: 1024 * 1024,
  /** Lines of one log or event message. */
  batchItems: 500,
  /** Lines a log request may ask for. */
  tailLines: 100_000,
  /** A line of a program's output; the rest goes on in a next record. */
  logLineBytes: 64 * 1024,
} as const;
