import { isInstanceOf } from '../../base/instance-id.ts';
import { messageOf } from '../../base/thrown.ts';
import type { KeyedQueue } from '../../base/task-queue.ts';
import type { Caller } from '../../policy/remote-access/caller.ts';
import { durationProblem, LONGEST_HOLD_MS } from '../../policy/remote-access/durations.ts';
import { withoutLogin, withoutSecrets } from '../../policy/remote-access/without-secrets.ts';
import type { ApiMethod } from '../../protocol/methods/methods.ts';
import { HealerError } from '../../protocol/errors.ts';
import { routeOf } from '../../protocol/methods/http-routes.ts';
import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { isRecord } from '../../protocol/rpc.ts';
import { statesIn } from '../../protocol/process-phase.ts';
import type { ProcessStateName } from '../../protocol/process-state.ts';
import { parseParams } from './parse-params.ts';
import type { ServedEngine } from './served-engine.ts';
import { admitChanges, admitUnset, admitDefinition, type Admission, requirePermissions } from './admission.ts';

interface RemoteCall {
  readonly engine: ServedEngine;
  readonly admission: Admission;
  readonly caller: Caller;
  /** Runs changes of one program one at a time: two changes that are harmless alone must not combine into one that is not. */
  readonly inTurn: KeyedQueue;
}

const ACTIVE: readonly ProcessStateName[] = statesIn('up', 'paused', 'stopping', 'pending');

type Perform = (params: unknown, call: RemoteCall) => unknown;

/** The methods that work differently for remote callers than on the local socket. */
const REMOTE_VARIANTS: Readonly<Partial<Record<ApiMethod, Perform>>> = {
  add: (params, { engine, admission, caller, inTurn }) => {
    refuseHiddenText(params, 'definition');
    const { definition } = parseParams('add', params);
    return inTurn(definition.id, async () => {
      await refuseSlowExpression(definition.health);
      return engine.handlers.add({ definition: admitDefinition(definition, caller, admission) });
    });
  },
  update: (params, { engine, admission, caller, inTurn }) => {
    refuseHiddenText(params, 'changes');
    const { id, changes, unset } = parseParams('update', params);
    return inTurn(id, async () => {
      const { spec } = await engine.handlers.describe({ id });
      if (bodyOf(changes.health) !== bodyOf(spec.health)) await refuseSlowExpression(changes.health);
      const admitted = admitChanges(spec, changes, caller, admission, isActive(engine, id));
      if (unset !== undefined) admitUnset(spec, unset, caller, admission);
      return engine.handlers.update({ id, changes: admitted, unset });
    });
  },
  stop: (params, call) => performBounded('stop', params, call),
  restart: (params, call) => performBounded('restart', params, call),
  operate: (params, call) => performBounded('operate', params, call),
  shutdown: (params, call) => performBounded('shutdown', params, call),
  hold: (params, call) => performBounded('hold', params, call),
  holdAll: (params, call) => performBounded('holdAll', params, call),
  disable: (params, call) => performIfAllowed('disable', params, call),
  remove: (params, call) => performIfAllowed('remove', params, call),
  settings: async (params, { engine, caller }) => {
    const settings = await engine.handlers.settings(parseParams('settings', params));
    return caller === 'trusted' ? settings : settings.map(withoutLogin);
  },
  describe: async (params, { engine }) =>
    withoutSecrets(await engine.handlers.describe(parseParams('describe', params))),
};

type Health = ProcessSpecInput['health'];

function bodyOf(health: Health): string | null {
  return health?.check.type === 'http' ? (health.check.body ?? null) : null;
}

/**
 * Refuses an expression that cannot be matched in linear time: one that has to be interrupted holds up the engine, and a
 * caller could set one after another.
 */
async function refuseSlowExpression(health: Health): Promise<void> {
  const body = bodyOf(health);
  if (body === null) return;
  const { compilePattern } = await import('../../base/linear-pattern.ts');
  try {
    compilePattern(body, { isDotAll: true });
  } catch (cause) {
    const message = `the expression of the health check cannot be used: ${messageOf(cause)}`;
    throw new HealerError('INVALID_CONFIG', message, {}, { cause });
  }
}

/** What the kernel is given as text, of which it reads only the part before a NUL character. */
const KERNEL_TEXTS = ['command', 'args', 'env', 'health', 'cwd'] as const;

/** Refuses a NUL character as an attempt to get around the whitelist, before the schema refuses it as invalid. */
function refuseHiddenText(params: unknown, name: 'definition' | 'changes'): void {
  const fields: unknown = isRecord(params) ? params[name] : undefined;
  if (!isRecord(fields)) return;
  const texts = textsIn(KERNEL_TEXTS.map((field) => fields[field]));
  if (!texts.some((text) => text.includes('\0'))) return;
  throw new HealerError('NOT_ALLOWED_EXECUTABLE', 'a NUL character hides the rest of a text');
}

/** Returns all texts in a value. Not recursive, because parameters that are not validated yet may be nested deeply. */
function textsIn(value: unknown): readonly string[] {
  const texts: string[] = [];
  const rest = [value];
  while (rest.length > 0) {
    const part = rest.pop();
    if (typeof part === 'string') texts.push(part);
    else if (typeof part === 'object' && part !== null) for (const each of Object.values(part)) rest.push(each);
  }
  return texts;
}

/** Performs a method with a duration, unless it is longer than a remote caller may demand. */
function performBounded(
  method: 'stop' | 'restart' | 'operate' | 'shutdown' | 'hold' | 'holdAll',
  params: unknown,
  call: RemoteCall,
): unknown {
  const parsed = parseParams(method, params);
  const timeoutMs = 'timeoutMs' in parsed ? parsed.timeoutMs : undefined;
  const forMs = 'forMs' in parsed ? parsed.forMs : undefined;
  const problem = durationProblem({ timeoutMs, forMs }, call.caller);
  if (problem !== null) throw new HealerError('INVALID_CONFIG', problem);
  const pausesHealing = method === 'hold' || ('operation' in parsed && parsed.operation === 'hold');
  // Healing that a caller who is not trusted pauses resumes by itself.
  const isEndless = pausesHealing && forMs === undefined && call.caller !== 'trusted';
  return handlerOf(method, call)(isEndless ? { ...parsed, forMs: LONGEST_HOLD_MS } : parsed);
}

/** Performs a method that ends a program, for which it takes further permissions if the program is active. */
function performIfAllowed(method: 'disable' | 'remove', params: unknown, call: RemoteCall): unknown {
  const parsed = parseParams(method, params);
  const { needsIfActive = [] } = routeOf(method);
  if (isActive(call.engine, parsed.id)) requirePermissions(needsIfActive, call.caller, call.admission);
  return handlerOf(method, call)(parsed);
}

/** Returns whether a program, or any instance of it, runs or will be started without a further request. */
function isActive(engine: ServedEngine, id: string): boolean {
  const ids = [id, ...engine.ids().filter((other) => isInstanceOf(other, id))];
  return ids.some((each) => {
    const state = engine.row(each)?.state;
    return state !== undefined && ACTIVE.includes(state);
  });
}

function handlerOf(method: ApiMethod, { engine }: RemoteCall): (params: unknown) => unknown {
  return engine.handlers[method] as (params: unknown) => unknown;
}

/**
 * Performs a method for a remote caller whose permissions were checked, and returns its result.
 * @throws HealerError as the method does; NOT_ALLOWED_EXECUTABLE or FORBIDDEN for a definition that must not be set remotely
 */
export function performRemotely(method: ApiMethod, params: unknown, call: RemoteCall): unknown {
  const perform = REMOTE_VARIANTS[method];
  if (perform !== undefined) return perform(params, call);
  return handlerOf(method, call)(parseParams(method, params));
}
