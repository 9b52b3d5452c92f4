import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import { HealerError } from '../../protocol/errors.ts';
import { diffSpecs } from './diff-specs.ts';
import { readLastSources } from './last-sources.ts';
import { joinSources, type LoadedSources, loadSources } from './load-sources.ts';
import { readSources } from './read-sources.ts';
import type { Paths } from '../instance/paths.ts';
import { applyEdit, type Elsewhere, type RegistryEdit } from '../registry/registry-edits.ts';
import type { Registry } from '../registry/registry-content.ts';
import { editRegistry } from '../registry/registry-file.ts';
import { sourceOfRegistry } from '../registry/registry-source.ts';
import { type SettingView, viewSetting, viewSettings } from '../registry/settings.ts';
import type { SourcedSpec } from '../reading/sourced-spec.ts';

/** What an edit will do to programs when the next engine starts. */
export interface PlannedChange extends DefinitionResult {
  readonly applied: false;
}

/** The registry while no engine runs. */
export interface OfflineRegistry {
  /** The programs of the next engine, as far as anybody can tell. */
  readonly programs: () => Promise<readonly SourcedSpec[]>;
  /** @throws HealerError as `applyEdit` and `editRegistry` do */
  readonly edit: (edit: Exclude<RegistryEdit, { kind: 'setting' }>) => Promise<PlannedChange>;
  /** @throws HealerError INVALID_STATE when it is so already */
  readonly setEnabled: (id: string, enabled: boolean) => Promise<void>;
  readonly settings: () => Promise<readonly SettingView[]>;
  readonly changeSetting: (key: string, value: unknown) => Promise<SettingView>;
}

/**
 * Opens the registry for a command that finds no engine. Which programs there are is taken from the files that the
 * last engine had, and from those that the next would have: a program is known when either names it.
 */
export async function openOfflineRegistry(paths: Paths, files: readonly string[]): Promise<OfflineRegistry> {
  const { registryFile, sourcesFile } = paths;
  const { env } = process;
  const noted = readLastSources(sourcesFile);
  const last = noted.length === 0 ? files : noted;
  const load = (): Promise<LoadedSources> => loadSources({ files: last, registryFile }, { env });
  const other = files.join() === last.join() ? null : await loadSources({ files, registryFile }, { env });
  const elsewhereOf = ({ elsewhere }: LoadedSources): Elsewhere => new Map([...(other?.elsewhere ?? []), ...elsewhere]);

  const edit: OfflineRegistry['edit'] = async (wanted) => {
    const readings = await readSources(last, env);
    const joined = (registry: Registry): LoadedSources =>
      joinSources(readings, { source: sourceOfRegistry(registry, registryFile), file: registryFile });
    // Compared with what the edit found under the lock: others may edit at the same time.
    const { before, after } = await editRegistry(registryFile, (registry) =>
      applyEdit(registry, wanted, elsewhereOf(joined(registry))),
    );
    return plan(wanted.id, joined(before), joined(after));
  };
  return {
    programs: async () => (await load()).specs,
    edit,
    setEnabled: async (id, enabled) => {
      const known = (await load()).specs.find(({ spec }) => spec.id === id);
      if (known?.spec.enabled === false && !enabled) throw alreadyDisabled(id);
      await edit({ kind: enabled ? 'enable' : 'disable', id });
    },
    settings: async () => viewSettings((await load()).registry.settings),
    changeSetting: async (key, value) => {
      const { after } = await editRegistry(registryFile, (registry) =>
        applyEdit(registry, { kind: 'setting', key, value }, new Map()),
      );
      return viewSetting(after.settings, key);
    },
  };
}

function plan(id: string, before: LoadedSources, after: LoadedSources): PlannedChange {
  const { added, removed, changedInPlace, changedNeedsRestart } = diffSpecs(byId(before), byId(after), {
    isComplete: true,
  });
  return {
    id,
    added: added.map((spec) => spec.id),
    removed: removed.toReversed(),
    restarted: [],
    changed: [...changedInPlace, ...changedNeedsRestart].map((spec) => spec.id),
    applied: false,
  };
}

function byId({ specs }: LoadedSources): Map<string, SourcedSpec['spec']> {
  return new Map(specs.map(({ spec }) => [spec.id, spec]));
}

/** As an engine says it. */
function alreadyDisabled(id: string): HealerError {
  return new HealerError('INVALID_STATE', `cannot disable "${id}": it is disabled`, { id, operation: 'disable' });
}
