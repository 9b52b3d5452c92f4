/** Why the screen is given back. */
export type Ending =
  | { readonly kind: 'quit' }
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  | { readonly kind: 'crash'; readonly error: unknown };

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export function exitCodeOf(ending: Ending): number {
  switch (ending.kind) {
    case 'quit':
      return 0;
    case 'signal':
      return SIGNALS[ending.signal];
    case 'crash':
      return INTERNAL_ERROR;
  }
}

/** Reports every way in which the process is told to end or fails. Returns the way to stop watching. */
export function watchForEnding(onEnding: (ending: Ending) => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    onEnding({ kind: 'signal', signal: signal as keyof typeof SIGNALS });
  };
  const onError = (error: unknown): void => {
    onEnding({ kind: 'crash', error });
  };
  const signals = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
  const stop = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtException', onError).off('unhandledRejection', onError);
  };
  // Not within the signal's own turn: Ink's listener (signal-exit) kills the process when it finds itself alone.
  return () => void setImmediate(stop);
}
