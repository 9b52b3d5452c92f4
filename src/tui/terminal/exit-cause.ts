/** Why the terminal UI exits. */
export type ExitCause =
  | { readonly kind: 'quit' }
  /** The user wants to see the hosts of the fleet. */
  | { readonly kind: 'fleet' }
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  | { readonly kind: 'crash'; readonly error: unknown };

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Returns the exit code of the process. */
export function exitCodeOf(cause: ExitCause): number {
  switch (cause.kind) {
    case 'quit':
    case 'fleet':
      return 0;
    case 'signal':
      return SIGNALS[cause.signal];
    case 'crash':
      return INTERNAL_ERROR;
  }
}

/** Reports termination signals and uncaught errors. Returns the function that stops watching. */
export function watchForExit(onExit: (cause: ExitCause) => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    onExit({ kind: 'signal', signal: signal as keyof typeof SIGNALS });
  };
  const onError = (error: unknown): void => {
    onExit({ kind: 'crash', error });
  };
  const signals = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
  const stop = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtException', onError).off('unhandledRejection', onError);
  };
  // Not while the signal is being handled: Ink's listener (signal-exit) kills the process if it is the only one left.
  return () => void setImmediate(stop);
}

/**
 * Ends this process by SIGHUP, as the shell reports 129 for it. When Node exits by itself, it resets the terminal, and aborts
 * if that one is gone.
 */
export function endByHangup(): never {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
  // Where SIGHUP is ignored, as under nohup.
  process.kill(process.pid, 'SIGKILL');
  throw new Error('a killed process does not continue');
}
