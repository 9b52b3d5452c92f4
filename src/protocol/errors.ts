/** The error catalogue: each code stands here once; transports, docs and exit codes derive from it. */
export const ERROR_CATALOGUE = {
  PROCESS_NOT_FOUND: { http: 404, meaning: 'no program has this id' },
  ALREADY_RUNNING: { http: 409, meaning: 'the program or engine runs already' },
  ALREADY_EXISTS: { http: 409, meaning: 'the id is taken' },
  INVALID_STATE: { http: 409, meaning: 'the operation does not fit the state' },
  PROCESS_DISABLED: { http: 409, meaning: 'the program is disabled' },
  SPAWN_FAILED: { http: 500, meaning: 'the program could not be executed' },
  TERMINATE_FAILED: { http: 500, meaning: 'the program could not be ended' },
  PLATFORM_NOT_SUPPORTED: { http: 501, meaning: 'this platform cannot do that' },
  TIMEOUT: { http: 504, meaning: 'the operation took longer than it was given' },
  INVALID_CONFIG: { http: 422, meaning: 'a parameter or a configuration does not fit its schema' },
  FORBIDDEN: { http: 403, meaning: 'this caller may not do that' },
  NOT_ALLOWED_EXECUTABLE: { http: 403, meaning: 'the executable is not on the whitelist' },
  UNAUTHENTICATED: { http: 401, meaning: 'a token is needed' },
  NOT_FOUND: { http: 404, meaning: 'the remote API has nothing under this path' },
  TOO_LARGE: { http: 413, meaning: 'the body of a request is larger than what is read' },
  TOO_MANY_REQUESTS: { http: 429, meaning: 'this caller asks more often than it may' },
  ENGINE_NOT_RUNNING: { http: 503, meaning: 'no engine answers' },
  IO_ERROR: { http: 500, meaning: 'the operating system refused a read or write' },
  INTERNAL: { http: 500, meaning: 'healer met a case it does not know' },
} as const satisfies Record<string, { http: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Facts of an error, for programs to branch on. Values are JSON. */
export type ErrorData = Readonly<Record<string, unknown>>;

/** The only error that crosses a boundary of healer. Branch on `code`, show `message`. */
export class HealerError extends Error {
  override readonly name = 'HealerError';
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: ErrorData = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.data = data;
  }

  /** By name, since bundles that are built apart (command line, engine, library) have a class each. */
  static override [Symbol.hasInstance](thrown: unknown): thrown is HealerError {
    return thrown instanceof Error && thrown.name === 'HealerError' && 'code' in thrown && isErrorCode(thrown.code);
  }
}

/** What Node adds to the errors of system calls. */
interface SystemError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly path?: string;
  readonly syscall?: string;
}

/** Turns whatever was thrown into a HealerError: the one place where unknown becomes known. */
export function toHealerError(thrown: unknown): HealerError {
  if (thrown instanceof HealerError) return thrown;
  if (!(thrown instanceof Error)) return new HealerError('INTERNAL', String(thrown));
  const { errno, code, path, syscall } = thrown as SystemError;
  if (errno === undefined) return new HealerError('INTERNAL', thrown.message, {}, { cause: thrown });
  const facts = { errno: code, path, syscall };
  return new HealerError('IO_ERROR', thrown.message, facts, { cause: thrown });
}

/** Whether a peer's error has a code that we know. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CATALOGUE, value);
}
