/** How an engine is started. */
export interface EngineStartOptions {
  /** Absolute paths of the files that define programs. */
  readonly files: readonly string[];
  /** Whether all programs run in observe mode: faults are reported, and nothing is healed. */
  readonly observes: boolean;
  /** The instance that the engine watches; null for an engine that runs programs of its own. */
  readonly partner: string | null;
  /** Whether the engine runs without a peer. */
  readonly isStandalone: boolean;
}

/** Returns the command line arguments of the engine. */
export function engineArguments(instance: string, options: EngineStartOptions): readonly string[] {
  const { files, observes, partner, isStandalone } = options;
  return [
    ...['--instance', instance],
    ...files.flatMap((file) => ['--file', file]),
    ...(observes ? ['--observe'] : []),
    ...(partner === null ? [] : ['--partner', partner]),
    ...(isStandalone ? ['--standalone'] : []),
  ];
}
