import { isInstanceOf } from '../../base/instance-id.ts';
import { selectItems } from '../../base/select-items.ts';
import { createKeyedQueue } from '../../base/task-queue.ts';
import { type Caller, permissionProblem } from '../../policy/remote-access/caller.ts';
import { accessProblem, callerOf, type SessionRights } from '../../policy/remote-access/session-rights.ts';
import { HealerError } from '../../protocol/errors.ts';
import { routeOf } from '../../protocol/methods/http-routes.ts';
import {
  type Access,
  type ApiMethod,
  type MethodName,
  METHODS,
  type ParsedParams,
} from '../../protocol/methods/methods.ts';
import type { NotificationName } from '../../protocol/notifications.ts';
import type { Permission } from '../../protocol/permissions.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { ActingCallers } from './acting-callers.ts';
import type { Admission } from './admission.ts';
import { parseParams } from './parse-params.ts';
import { RateLimiter, requestLimitOf } from './rate-limiter.ts';
import { performRemotely } from './perform-remotely.ts';
import { STREAM_METHODS } from './stream-methods.ts';
import type { ServedEngine } from './served-engine.ts';

/** What the entrance depends on besides the engine. */
export interface EntranceOptions extends Admission {
  /** Who makes the requests that are being performed; events name them. */
  readonly acting?: ActingCallers;
  /** Monotonic time in ms. */
  readonly now: () => number;
}

type StreamParams<Name extends NotificationName> = ParsedParams<(typeof STREAM_METHODS)[Name]>;

/** The sender of a request. */
export interface RemoteSender {
  readonly caller: Caller;
  /** The name that events record; absent or null if the transport knows none. */
  readonly name?: string | null;
  /** Returns why the sender may not use methods with an access; null if it may. Absent without such a limit. */
  readonly limit?: (access: Access) => string | null;
}

/**
 * The single entry point for remote requests, whatever the transport: HTTP, and sessions of the Unix socket that gave up
 * rights. A transport identifies the caller first, then obtains the authorized function of a method or stream and calls it
 * with the parameters of the request. An engine has one entrance, because changes of a program are made one at a time.
 */
export class RemoteEntrance {
  readonly #engine: ServedEngine;
  readonly #options: EntranceOptions;
  readonly #inTurn = createKeyedQueue();
  readonly #requests: RateLimiter;

  constructor(engine: ServedEngine, options: EntranceOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#requests = new RateLimiter(options.now);
  }

  /**
   * Returns the sender of one request of a session that gave up rights. The settings that apply now decide what it may do.
   * @throws HealerError TOO_MANY_REQUESTS
   */
  senderOf(rights: SessionRights): RemoteSender {
    const { api, fleet } = this.#options.settings();
    const caller = callerOf(rights, fleet);
    if (caller === 'guest') this.#requests.take(rights.caller ?? '', requestLimitOf(api));
    return { caller, name: rights.caller, limit: (access) => accessProblem(rights, access, fleet) };
  }

  /**
   * Returns the function that performs a method for a caller. The permissions are checked here, so that a transport need
   * not read the parameters of a request that is refused. The function throws as the method does, and FORBIDDEN or
   * NOT_ALLOWED_EXECUTABLE for parameters that must not be passed remotely.
   * @throws HealerError FORBIDDEN
   */
  authorize(sender: RemoteSender, method: ApiMethod): (params: unknown) => unknown {
    const { needs = null, localOnly = [] } = routeOf(method);
    this.#checkPermissions(sender, method, needs);
    return (params) => {
      const local = isRecord(params) ? localOnly.find((name) => name in params) : undefined;
      if (local !== undefined) throw new HealerError('FORBIDDEN', `"${local}" cannot be set remotely`, { method });
      const call = { engine: this.#engine, admission: this.#options, caller: sender.caller, inTurn: this.#inTurn };
      const perform = (): unknown => performRemotely(method, params, call);
      const { acting } = this.#options;
      const { name = null } = sender;
      if (acting === undefined || name === null || METHODS[method].access === 'read') return perform();
      return acting.during(name, programsOf(params, this.#engine), perform);
    };
  }

  /**
   * Returns the function that validates the parameters of a stream; the transport then opens it. The function throws
   * INVALID_CONFIG for parameters that do not match the schema.
   * @throws HealerError FORBIDDEN
   */
  authorizeStream<Name extends NotificationName>(
    sender: RemoteSender,
    name: Name,
  ): (params: unknown) => StreamParams<Name> {
    const method = STREAM_METHODS[name];
    this.#checkPermissions(sender, method, null);
    return (params) => parseParams(method, params);
  }

  #checkPermissions({ caller, limit }: RemoteSender, method: MethodName, needs: readonly Permission[] | null): void {
    const { access } = METHODS[method];
    const { permissions } = this.#options.settings();
    const problem = limit?.(access) ?? permissionProblem(caller, { access, needs }, permissions);
    if (problem !== null) throw new HealerError('FORBIDDEN', problem, { method });
  }
}

/** Returns the ids of the programs that a request is about; empty for one that is about the engine. */
function programsOf(params: unknown, engine: ServedEngine): readonly string[] {
  if (!isRecord(params)) return [];
  const { id, definition, select } = params;
  if (typeof id === 'string') return [id, ...engine.ids().filter((other) => isInstanceOf(other, id))];
  if (isRecord(definition) && typeof definition['id'] === 'string') return [definition['id']];
  if (!Array.isArray(select)) return [];
  const items = engine.ids().map((each) => ({ id: each, groups: engine.row(each)?.groups ?? [] }));
  return selectItems(
    select.filter((word) => typeof word === 'string'),
    items,
  ).items.map((item) => item.id);
}
