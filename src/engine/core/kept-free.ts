/**
 * File descriptors that stay free, besides the reserve, when something is opened that may as well wait. The more the engine
 * depends on something, the less it has to leave free.
 */
export const KEPT_FREE = {
  /** For each start of a program. */
  programs: 24,
  /** For the pipes of a program of the previous engine. */
  adoptions: 24,
  /** For a connection that stays open: a stream of events, log lines or rows. */
  streams: 12,
  /** For a health check. */
  checks: 8,
} as const;
