/** How an engine is started. */
export interface EngineStartOptions {
  /** Absolute paths of files that define programs, in addition to those of the last engine. */
  readonly files: readonly string[];
  /** Whether `files` replace those of the last engine. */
  readonly replaces?: boolean;
  /** How strictly the files are examined before the engine starts; without it, problems do not prevent the start. */
  readonly check?: 'named' | 'found' | undefined;
  /** Whether all programs run in observe mode: faults are reported, and nothing is healed. */
  readonly observes: boolean;
  /** The instance that the engine watches; null for an engine that runs programs of its own. */
  readonly watchedInstance: string | null;
  /** Whether the engine runs without a peer. */
  readonly isStandalone: boolean;
  /** Whether it starts nothing, and only ends what an earlier engine left running. */
  readonly endsPrograms?: boolean;
}

/**
 * Arguments of Node for an engine. Short-lived objects get 2 MB instead of 16, which halves the memory of an engine with many
 * programs, at the price of more frequent collections.
 */
export const ENGINE_NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=2', '--v8-pool-size=1'];

/** Returns the command line arguments of the engine. */
export function engineArguments(instance: string, options: EngineStartOptions): readonly string[] {
  const { files, replaces = false, check, observes, watchedInstance, isStandalone, endsPrograms = false } = options;
  return [
    ...['--instance', instance],
    ...files.flatMap((file) => ['--file', file]),
    ...(replaces ? ['--replace'] : []),
    ...(check === undefined ? [] : ['--check', check]),
    ...(observes ? ['--observe'] : []),
    ...(watchedInstance === null ? [] : ['--partner', watchedInstance]),
    ...(isStandalone ? ['--standalone'] : []),
    ...(endsPrograms ? ['--end'] : []),
  ];
}
