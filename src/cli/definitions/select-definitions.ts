import { baseOfInstance } from '../../base/instance-id.ts';
import { selectItems } from '../../base/select-items.ts';
import { isPlainId } from '../../base/selector.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { selectable, selectRows } from '../report/select-programs.ts';
import type { Registrar } from './definitions.ts';

interface KnownProgram {
  readonly id: string;
  readonly groups: readonly string[];
  /** The id of the definition that this is an instance of; null for a program without instances. */
  readonly base: string | null;
}

/**
 * Returns the ids of the definitions that an id, a group, a pattern or `all` means. A program whose instances are all meant is
 * meant itself, so that the change also applies to instances that are added later.
 * @throws HealerError PROCESS_NOT_FOUND if a group or pattern means nothing
 */
export async function selectDefinitions(registrar: Registrar, word: string): Promise<readonly string[]> {
  if (isPlainId(word)) return [word];
  const known = await (registrar.kind === 'engine' ? programsOf(registrar.api) : definedPrograms(registrar));
  selectRows([word], known);
  const meant = new Set(selectItems([word], known).items);
  const isWhole = (base: string): boolean => known.every((each) => each.base !== base || meant.has(each));
  return [...new Set([...meant].map(({ id, base }) => (base !== null && isWhole(base) ? base : id)))];
}

async function programsOf(api: EngineApi): Promise<readonly KnownProgram[]> {
  const rows = selectable(await listAll(api));
  return Promise.all(
    rows.map(async ({ id, groups }) => {
      const env = baseOfInstance(id) !== null ? (await api.describe({ id })).spec.env : {};
      return { id, groups, base: baseOf(id, env) };
    }),
  );
}

async function definedPrograms(registrar: Extract<Registrar, { kind: 'offline' }>): Promise<readonly KnownProgram[]> {
  const specs = (await registrar.registry.programs()).map(({ spec }) => spec);
  return specs.map(({ id, groups, env }) => ({ id, groups, base: baseOf(id, env) }));
}

/** Instances have their number in the environment. */
function baseOf(id: string, env: Readonly<Record<string, string>>): string | null {
  return 'HEALER_INSTANCE' in env ? baseOfInstance(id) : null;
}
