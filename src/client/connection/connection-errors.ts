import { basename } from 'node:path';
import { codeOf } from '../../base/thrown.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';

/** What a user types to start the engine that would serve this socket. */
function startCommand(socketPath: string): string {
  const instance = basename(socketPath, '.sock');
  return instance === 'default' ? 'healer up' : `healer up --instance ${instance}`;
}

/** Turns what a socket reports into the error that names the cause and the next step. */
export function socketErrorOf(error: Error, socketPath: string): HealerError {
  switch (codeOf(error) ?? '') {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return notRunning(socketPath, error);
    case 'ENOTDIR':
      return new HealerError(
        'IO_ERROR',
        `cannot look for the engine at "${socketPath}": a part of this path is a file — set HEALER_HOME to a writable folder`,
        { socketPath },
        { cause: error },
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return connectionLost(socketPath, error);
    case 'EACCES':
    case 'EPERM':
      return new HealerError(
        'FORBIDDEN',
        `the engine's socket "${socketPath}" may not be opened by this user; run healer as the user who started the engine`,
        { socketPath },
        { cause: error },
      );
    default:
      return toHealerError(error);
  }
}

/** Nobody listens on the socket. */
export function notRunning(socketPath: string, cause?: Error): HealerError {
  return new HealerError(
    'ENGINE_NOT_RUNNING',
    `the engine is not running; start it with "${startCommand(socketPath)}"`,
    { socketPath },
    { cause },
  );
}

/** An engine that answered is gone. */
export function connectionLost(socketPath: string, cause?: Error): HealerError {
  return new HealerError('ENGINE_NOT_RUNNING', 'the engine ended the connection', { socketPath }, { cause });
}

/** Somebody listens, and says nothing: stopped, or too busy. */
export function noAnswer(socketPath: string, timeoutMs: number): HealerError {
  return new HealerError(
    'TIMEOUT',
    `the engine accepted the connection but did not answer within ${timeoutMs} ms; it may be stopped or overloaded`,
    { socketPath, timeoutMs },
  );
}

/** An engine of another version, which would misunderstand. */
export function protocolMismatch(hello: HelloResult, ours: number): HealerError {
  return new HealerError(
    'INVALID_STATE',
    `the engine (healer ${hello.version}, pid ${hello.pid}) speaks protocol ${hello.protocol}, this client ${ours}; ` +
      `use the engine's version of healer, or end the engine with "kill ${hello.pid}" and start it anew`,
    { engine: hello.protocol, client: ours, pid: hello.pid },
  );
}

/** The other side broke the protocol: nothing that follows can be trusted to belong to anything. */
export function unreadable(what: string, socketPath: string): HealerError {
  return new HealerError('INTERNAL', `the engine sent ${what}; the connection was ended`, { socketPath });
}
