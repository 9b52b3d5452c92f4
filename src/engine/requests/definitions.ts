import type { SpecDiff } from '../../config/sources/diff-specs.ts';
import type { RegistryEdit } from '../../config/registry/registry-edits.ts';
import { viewRemoteConfig } from '../../config/registry/remote-endpoints.ts';
import { ignoredPatterns } from '../../config/registry/ignored-patterns.ts';
import { unlimitedPrograms } from '../../policy/remote-access/whitelist-warnings.ts';
import { validSettings, viewSetting, viewSettings } from '../../config/registry/settings.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { Engine } from '../core/engine.ts';
import type { Batches } from '../operations/batches.ts';
import type { OperationRunner } from '../operations/operation-runner.ts';
import type { Handlers } from '../access/served-engine.ts';
import type { Sources } from '../definitions/sources.ts';

const WHITELIST = 'executable-whitelist';

interface DefinitionContext {
  readonly engine: Engine;
  readonly operations: OperationRunner;
  readonly batches: Batches;
  readonly sources: Sources;
}

type DefinitionHandlers = Pick<
  Handlers,
  | 'add'
  | 'update'
  | 'remove'
  | 'scale'
  | 'enable'
  | 'disable'
  | 'settings'
  | 'changeSetting'
  | 'remoteConfig'
  | 'changeRemoteConfig'
>;

/** Creates the handlers that change definitions and settings: the change is stored in the registry, then applied. */
export function createDefinitionHandlers(context: DefinitionContext): DefinitionHandlers {
  const { sources } = context;
  return {
    add: ({ definition: { id, ...fields } }) => change(context, { kind: 'add', id, fields }),
    update: ({ id, changes, unset }) => change(context, { kind: 'update', id, fields: { ...changes }, unset }),
    remove: ({ id, batch }) => context.batches.run('remove', id, batch, () => change(context, { kind: 'remove', id })),
    scale: ({ id, instances }) => change(context, { kind: 'update', id, fields: { instances } }),
    enable: ({ id }) => setEnabled(context, 'enable', id),
    disable: ({ id, batch }) => context.batches.run('disable', id, batch, () => setEnabled(context, 'disable', id)),
    settings: () => viewSettings(sources.settings),
    changeSetting: async ({ key, value }) => {
      await sources.edit({ kind: 'setting', key, value });
      return { ...viewSetting(sources.settings, key), ...warningsAbout(key, sources) };
    },
    remoteConfig: ({ section }) => viewRemoteConfig(sources.settings, section),
    changeRemoteConfig: async ({ section, content }) => {
      await sources.edit({ kind: 'setting', key: section, value: content });
      return { ...viewRemoteConfig(sources.settings, section), ...warningsAbout(section, sources) };
    },
  };
}

/** Returns what the operator may not expect of a setting that was changed, as a field of the response. */
function warningsAbout(key: string, { settings }: Sources): { readonly warnings?: readonly string[] } {
  const { patterns = [] } = (key === WHITELIST ? validSettings(settings)[WHITELIST] : undefined) ?? {};
  const ignored = ignoredPatterns(patterns, process.env['PATH']).map(({ message, hint }) => `${message}; ${hint}`);
  const warnings = [...ignored, ...unlimitedPrograms(patterns)];
  return warnings.length === 0 ? {} : { warnings };
}

type DefinitionEdit = Exclude<RegistryEdit, { kind: 'setting' }>;

/** Applies an edit and resolves once the removed programs have exited. */
async function change(
  { engine, operations, sources }: DefinitionContext,
  edit: DefinitionEdit,
): Promise<DefinitionResult> {
  const before = new Map(engine.programs);
  const diff = await sources.edit(edit);
  await Promise.all(
    diff.removed.map(async (id) => {
      const entry = before.get(id);
      if (entry !== undefined) await operations.removed(entry);
    }),
  );
  return resultOf(edit.id, diff);
}

function resultOf(id: string, { added, removed, changedInPlace, changedNeedsRestart }: SpecDiff): DefinitionResult {
  return {
    id,
    added: added.map((spec) => spec.id),
    // In the order in which they were stopped.
    removed: removed.toReversed(),
    restarted: changedNeedsRestart.map((spec) => spec.id),
    changed: changedInPlace.map((spec) => spec.id),
    applied: true,
  };
}

/**
 * Enables or disables a program. This is stored first, so that an engine that is killed meanwhile leaves no state that
 * contradicts the registry. It takes effect even if the disk is full.
 */
async function setEnabled(
  { operations, sources }: DefinitionContext,
  operation: 'enable' | 'disable',
  id: string,
): Promise<OperationResult> {
  const entry = operations.check(operation, id);
  const problem = await sources.edit({ kind: operation, id }).then(() => null, toHealerError);
  if (problem?.code === 'INVALID_STATE') throw problem;
  const done = await operations.complete(operation, entry, { graceful: true, timeoutMs: null });
  if (problem === null) return done;
  const { code, message, data } = problem;
  throw new HealerError(
    code,
    `"${id}" is ${operation}d, but this could not be stored for the next engine: ${message}`,
    {
      ...data,
      id,
    },
  );
}
