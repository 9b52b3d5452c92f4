/** Faults after which healing restarts a program. */
export const FAULT_CAUSES = ['crash', 'limit', 'health', 'anomaly'] as const;

/** Why a program was restarted: a fault, the `operator`, or the end of a `cooldown`. */
export const RESTART_CAUSES = [...FAULT_CAUSES, 'operator', 'cooldown'] as const;

export type RestartCause = (typeof RESTART_CAUSES)[number];
