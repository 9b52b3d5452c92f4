/** How an engine is started. */
export interface EngineStartOptions {
  /** Absolute paths of the files that define programs. */
  readonly files: readonly string[];
  /** Whether all programs run in observe mode: faults are reported, and nothing is healed. */
  readonly observes: boolean;
  /** The instance that the engine watches; null for an engine that runs programs of its own. */
  readonly watchedInstance: string | null;
  /** Whether the engine runs without a peer. */
  readonly isStandalone: boolean;
}

/** Returns the command line arguments of the engine. */
export function engineArguments(instance: string, options: EngineStartOptions): readonly string[] {
  const { files, observes, watchedInstance, isStandalone } = options;
  return [
    ...['--instance', instance],
    ...files.flatMap((file) => ['--file', file]),
    ...(observes ? ['--observe'] : []),
    ...(watchedInstance === null ? [] : ['--partner', watchedInstance]),
    ...(isStandalone ? ['--standalone'] : []),
  ];
}
