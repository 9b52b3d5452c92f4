/** The error catalog, from which transports, docs and exit codes derive. */
export const ERROR_CATALOG = {
  PROCESS_NOT_FOUND: { http: 404, meaning: 'no program has this id' },
  ALREADY_RUNNING: { http: 409, meaning: 'the program or engine is already running' },
  ALREADY_EXISTS: { http: 409, meaning: 'a program with this id already exists' },
  INVALID_STATE: { http: 409, meaning: 'the operation is not possible in the current state' },
  PROCESS_DISABLED: { http: 409, meaning: 'the program is disabled' },
  SPAWN_FAILED: { http: 500, meaning: 'the program could not be started' },
  TERMINATE_FAILED: { http: 500, meaning: 'the program could not be terminated' },
  PLATFORM_NOT_SUPPORTED: { http: 501, meaning: 'the operation is not supported on this platform' },
  TIMEOUT: { http: 504, meaning: 'the operation timed out' },
  INVALID_CONFIG: { http: 422, meaning: 'a parameter or configuration value is invalid' },
  FORBIDDEN: { http: 403, meaning: 'the caller does not have permission' },
  NOT_ALLOWED_EXECUTABLE: { http: 403, meaning: 'the executable is not on the whitelist' },
  UNAUTHENTICATED: { http: 401, meaning: 'a valid token is required' },
  NOT_FOUND: { http: 404, meaning: 'the remote API has no such path, or the fleet no such host' },
  TOO_LARGE: { http: 413, meaning: 'the request body exceeds the size limit' },
  TOO_MANY_REQUESTS: { http: 429, meaning: 'the caller exceeded the rate limit' },
  OUTCOME_UNKNOWN: { http: 504, meaning: 'the request may or may not have been performed' },
  HOST_COLLISION: { http: 409, meaning: 'another machine uses the fleet credential of this host' },
  MISSED: { http: 410, meaning: 'events or log lines are no longer available' },
  ENGINE_NOT_RUNNING: { http: 503, meaning: 'no engine is running' },
  IO_ERROR: { http: 500, meaning: 'a read or write failed in the operating system' },
  INTERNAL: { http: 500, meaning: 'an unexpected internal error occurred' },
} as const satisfies Record<string, { http: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOG;

/** Machine-readable details of an error, as JSON values. */
export type ErrorData = Readonly<Record<string, unknown>>;

/** The only error type that crosses a module boundary. Branch on `code`, show `message`. */
export class HealerError extends Error {
  override readonly name = 'HealerError';
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: ErrorData = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.data = data;
  }

  /** Compares the name, since the bundles of command line, engine and library each contain a class of their own. */
  static override [Symbol.hasInstance](thrown: unknown): thrown is HealerError {
    return thrown instanceof Error && thrown.name === 'HealerError' && 'code' in thrown && isErrorCode(thrown.code);
  }
}

/** The fields that Node adds to errors of system calls. */
interface SystemError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly path?: string;
  readonly syscall?: string;
}

const NO_ENTRY = 'this user has no entry in the user database; set HOME, or HEALER_HOME, to a folder of its own';

/** What it means that a call of Node itself failed, which names no path. */
const SITUATIONS: Readonly<Record<string, string>> = {
  uv_cwd: 'this folder no longer exists; change to another one',
  uv_os_homedir: NO_ENTRY,
  uv_os_get_passwd: NO_ENTRY,
};

/** Converts any thrown value into a HealerError. */
export function toHealerError(thrown: unknown): HealerError {
  if (thrown instanceof HealerError) return thrown;
  if (!(thrown instanceof Error)) return new HealerError('INTERNAL', String(thrown));
  const { errno, code, path, syscall } = thrown as SystemError;
  const situation = syscall === undefined ? undefined : SITUATIONS[syscall];
  if (situation !== undefined) return new HealerError('IO_ERROR', situation, { syscall }, { cause: thrown });
  if (errno === undefined) return new HealerError('INTERNAL', thrown.message, {}, { cause: thrown });
  const facts = { errno: code, path, syscall };
  return new HealerError('IO_ERROR', thrown.message, facts, { cause: thrown });
}

/** Returns whether a value received from elsewhere is a known error code. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CATALOG, value);
}
