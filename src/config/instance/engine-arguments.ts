/** What an engine is told when it is started. */
export interface EngineStartOptions {
  /** Absolute paths of what defines programs. */
  readonly files: readonly string[];
  /** Observe mode for all programs. */
  readonly observes: boolean;
  /** The instance that it is there to watch. */
  readonly partner: string | null;
  /** It starts no partner, and none starts it. */
  readonly isStandalone: boolean;
}

/** The command line of the engine's bundle. */
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
