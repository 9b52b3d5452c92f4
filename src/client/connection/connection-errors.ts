import { basename } from 'node:path';
import { codeOf } from '../../base/thrown.ts';
import type { StartProgress } from '../../config/instance/start-progress.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';
import { suspendedEngineAt } from './suspended-engine.ts';

/** Returns the command that starts the engine of a socket. */
function startCommand(socketPath: string): string {
  const instance = basename(socketPath, '.sock');
  return instance === 'default' ? 'healer up' : `healer up --instance ${instance}`;
}

/** Converts a socket error to one that names the cause and the next step. */
export function socketErrorOf(error: Error, socketPath: string): HealerError {
  switch (codeOf(error) ?? '') {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return notRunning(socketPath, error);
    case 'ENOTDIR':
      return new HealerError(
        'IO_ERROR',
        `cannot connect to the engine at "${socketPath}": a part of this path is a file — set HEALER_HOME to a writable folder`,
        { socketPath },
        { cause: error },
      );
    // The queue of connections is full, because the engine accepts none.
    case 'EAGAIN':
      return queueFull(socketPath, error);
    case 'ECONNRESET':
    case 'EPIPE':
      return connectionLost(socketPath, error);
    case 'EACCES':
    case 'EPERM':
      return new HealerError(
        'FORBIDDEN',
        `no permission to open the engine's socket "${socketPath}"; run healer as the user who started the engine`,
        { socketPath },
        { cause: error },
      );
    default:
      return toHealerError(error);
  }
}

function queueFull(socketPath: string, cause: Error): HealerError {
  const pid = suspendedEngineAt(socketPath);
  if (pid !== null) return suspended(socketPath, pid);
  const message =
    'the engine accepts no connections: too many of them are waiting; it may be overloaded — try again in a moment';
  return new HealerError('TIMEOUT', message, { socketPath, isQueueFull: true }, { cause });
}

/** Returns the error for an engine that starts its programs before it answers. */
export function stillStarting(socketPath: string, { pid, started, total }: StartProgress): HealerError {
  return new HealerError(
    'ENGINE_NOT_RUNNING',
    `the engine (pid ${pid}) does not answer yet: it has started ${started} of ${total} programs — try again in a moment`,
    { socketPath, pid, started, total },
  );
}

/** Returns the error for a socket without a listening engine. */
export function notRunning(socketPath: string, cause?: Error): HealerError {
  return new HealerError(
    'ENGINE_NOT_RUNNING',
    `the engine is not running; start it with "${startCommand(socketPath)}"`,
    { socketPath },
    { cause },
  );
}

/** Returns the error for a connection that the engine closed. */
export function connectionLost(socketPath: string, cause?: Error): HealerError {
  const data = { socketPath, wasConnected: true };
  return new HealerError('ENGINE_NOT_RUNNING', 'the engine closed the connection', data, { cause });
}

/** Returns whether the engine closed the connection, as it does while it has no file descriptors for more clients. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof HealerError && error.data['wasConnected'] === true;
}

/** Returns whether the engine had no room for the connection, which may change within a moment. */
export function isRefusedForNow(error: unknown): boolean {
  return isConnectionLost(error) || (error instanceof HealerError && error.data['isQueueFull'] === true);
}

/** Returns the error for an engine that accepts connections but does not answer. */
export function noAnswer(socketPath: string, timeoutMs: number): HealerError {
  const pid = suspendedEngineAt(socketPath);
  if (pid !== null) return suspended(socketPath, pid);
  return new HealerError(
    'TIMEOUT',
    `the engine accepted the connection but did not answer within ${timeoutMs} ms; it may be stopped or overloaded`,
    { socketPath, timeoutMs },
  );
}

/** Returns the error for an engine that is suspended. @param consequence what follows from that, for example "; …" */
export function suspended(socketPath: string, pid: number, consequence = ''): HealerError {
  return new HealerError(
    'TIMEOUT',
    `the engine (pid ${pid}) does not answer: it is suspended (state T, by SIGSTOP or Ctrl-Z)${consequence} — continue it with "kill -CONT ${pid}"`,
    { socketPath, pid, state: 'T' },
  );
}

/** Returns the error for an engine that stopped answering while a response was due. */
export function noSignOfLife(socketPath: string, limitMs: number): HealerError {
  const pid = suspendedEngineAt(socketPath);
  if (pid !== null) return suspended(socketPath, pid, ', so the result is unknown');
  return new HealerError(
    'TIMEOUT',
    `the engine has shown no sign of life for ${String(2 * limitMs)} ms, so the result is unknown; it may be stopped or overloaded`,
    { socketPath, timeoutMs: 2 * limitMs },
  );
}

/** Returns the error for an engine that speaks another version of the protocol. */
export function protocolMismatch(hello: HelloResult, ours: number): HealerError {
  return new HealerError(
    'INVALID_STATE',
    `the engine (healer ${hello.version}, pid ${hello.pid}) uses protocol ${hello.protocol}, but this client uses ${ours}; ` +
      `use the engine's version of healer, or stop the engine with "kill ${hello.pid}" and start it again`,
    { engine: hello.protocol, client: ours, pid: hello.pid },
  );
}

/** Returns the error for an engine that has other folders than the caller: another HOME or HEALER_HOME. */
export function otherEngine(
  { pid, user, home, stateDir }: HelloResult & { readonly stateDir: string },
  socketPath: string,
  expected: string,
): HealerError {
  const theirs = `the engine at "${socketPath}" (pid ${pid}, user ${user ?? 'unknown'}, home "${home ?? 'unknown'}") has the state folder "${stateDir}"`;
  const step =
    'run the command with the HOME or HEALER_HOME of that engine, or use --instance NAME for an engine of its own';
  return new HealerError(
    'INVALID_STATE',
    `${theirs}, but this command is meant for the engine of "${expected}" — ${step}`,
    {
      socketPath,
      pid,
      stateDir,
      expected,
    },
  );
}

/** Returns the error for a message that violates the protocol, after which the connection cannot be used. */
export function unreadable(what: string, socketPath: string): HealerError {
  return new HealerError('INTERNAL', `the engine sent ${what}; the connection was closed`, { socketPath });
}

/** Returns the error for a request that exceeds the limit of the wire. */
export function tooLarge(method: string, bytes: number, limit: number): HealerError {
  return new HealerError(
    'INVALID_CONFIG',
    `the "${method}" request was not sent: it has ${bytes} bytes, but the engine accepts at most ${limit}`,
    { bytes, limit },
  );
}

/** Returns the error of calls on a connection that the client itself closed. */
export function closedByUs(): HealerError {
  return new HealerError('ENGINE_NOT_RUNNING', 'this connection to the engine was closed');
}
