/**
 * The rights to which a client of the Unix socket can lower its own with `hello`: those of a trusted host, of a guest, or
 * those that the setting `fleet` gives to a caller from the fleet.
 */
export const SESSION_ROLES = ['trusted', 'guest', 'fleet'] as const;

export type SessionRole = (typeof SESSION_ROLES)[number];
