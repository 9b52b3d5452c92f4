/** Faults after which healing restarts a program. */
export const FAULT_CAUSES = ['crash', 'limit', 'health', 'anomaly'] as const;

/** Why a program was restarted: a fault, the `operator`, or the end of a `cooldown`. */
export const RESTART_CAUSES = [...FAULT_CAUSES, 'operator', 'cooldown'] as const;

/** Every cause in the data of `restarted` events: also an edit of the definition, and a schedule. */
export const RESTARTED_CAUSES = [...RESTART_CAUSES, 'config', 'schedule'] as const;

export type RestartCause = (typeof RESTART_CAUSES)[number];
