import { createKeyedQueue } from '../../base/task-queue.ts';
import { type Caller, permissionProblem } from '../../policy/remote-access/caller.ts';
import { HealerError } from '../../protocol/errors.ts';
import { routeOf } from '../../protocol/methods/http-routes.ts';
import { type ApiMethod, type MethodName, METHODS, type ParsedParams } from '../../protocol/methods/methods.ts';
import type { NotificationName } from '../../protocol/notifications.ts';
import type { Permission } from '../../protocol/permissions.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { Admission } from './admission.ts';
import { CallerCheck, type CallerCheckOptions, type CallerRequest } from './caller-check.ts';
import { parseParams } from './parse-params.ts';
import { performRemotely } from './perform-remotely.ts';
import type { ServedEngine } from './served-engine.ts';

/** What the entrance depends on besides the engine. */
export interface EntranceOptions extends CallerCheckOptions, Admission {}

/** The method that opens each stream: it names the parameters and the access that the stream requires. */
export const STREAM_METHODS = {
  snapshot: 'subscribeSnapshot',
  events: 'subscribeEvents',
  log: 'subscribeLog',
} as const satisfies Record<NotificationName, MethodName>;

type StreamParams<Name extends NotificationName> = ParsedParams<(typeof STREAM_METHODS)[Name]>;

/**
 * The single entry point for remote requests, whatever the transport. A transport identifies the caller first, then obtains
 * the authorized function of a method or stream and calls it with the parameters of the request.
 */
export class RemoteEntrance {
  readonly #engine: ServedEngine;
  readonly #options: EntranceOptions;
  readonly #callers: CallerCheck;
  readonly #inTurn = createKeyedQueue();

  constructor(engine: ServedEngine, options: EntranceOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#callers = new CallerCheck(options);
  }

  /** @throws HealerError FORBIDDEN, UNAUTHENTICATED or TOO_MANY_REQUESTS */
  identify(request: CallerRequest): Promise<Caller> {
    return this.#callers.identify(request);
  }

  /** Returns what limits per caller apply to. */
  keyOf(request: CallerRequest): Promise<string> {
    return this.#callers.keyOf(request);
  }

  /**
   * Returns the function that performs a method for a caller. The permissions are checked here, so that a transport need
   * not read the parameters of a request that is refused. The function throws as the method does, and FORBIDDEN or
   * NOT_ALLOWED_EXECUTABLE for parameters that must not be passed remotely.
   * @throws HealerError FORBIDDEN
   */
  authorize(caller: Caller, method: ApiMethod): (params: unknown) => unknown {
    const { needs = null, localOnly = [] } = routeOf(method);
    this.#checkPermissions(caller, method, needs);
    return (params) => {
      const local = isRecord(params) ? localOnly.find((name) => name in params) : undefined;
      if (local !== undefined) throw new HealerError('FORBIDDEN', `"${local}" cannot be set remotely`, { method });
      const call = { engine: this.#engine, admission: this.#options, caller, inTurn: this.#inTurn };
      return performRemotely(method, params, call);
    };
  }

  /**
   * Returns the function that validates the parameters of a stream; the transport then opens it. The function throws
   * INVALID_CONFIG for parameters that do not match the schema.
   * @throws HealerError FORBIDDEN
   */
  authorizeStream<Name extends NotificationName>(caller: Caller, name: Name): (params: unknown) => StreamParams<Name> {
    const method = STREAM_METHODS[name];
    this.#checkPermissions(caller, method, null);
    return (params) => parseParams(method, params);
  }

  #checkPermissions(caller: Caller, method: MethodName, needs: readonly Permission[] | null): void {
    const { access } = METHODS[method];
    const problem = permissionProblem(caller, { access, needs }, this.#options.settings().permissions);
    if (problem !== null) throw new HealerError('FORBIDDEN', problem, { method });
  }
}
