import { HealerError } from '../../protocol/errors.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { Paths } from '../instance/paths.ts';
import type { Origins, SourcedSpec } from '../reading/sourced-spec.ts';
import type { Registry } from '../registry/registry-content.ts';
import { applyEdit, type RegistryEdit } from '../registry/registry-edits.ts';
import { editRegistry } from '../registry/registry-file.ts';
import { registryReadingOf } from '../registry/registry-reading.ts';
import { type SettingView, viewSetting, viewSettings } from '../registry/settings.ts';
import { type CombinedSources, combineSources, originsInFiles } from './combine-sources.ts';
import { checkedEdit } from './checked-edit.ts';
import { removalOrder } from './grouped-specs.ts';
import { diffSpecs } from './diff-specs.ts';
import { readSourceFiles, readSources } from './read-sources.ts';
import { addToSet, filesOf, type Up } from './source-set.ts';
import { readSourcesNote } from './sources-note.ts';

/** What an edit will do to programs when the next engine starts. */
export interface OfflineResult extends DefinitionResult {
  readonly applied: false;
}

/** The registry while no engine runs. */
export interface OfflineRegistry {
  /** Resolves to the programs that the next engine is expected to run. */
  readonly programs: () => Promise<readonly SourcedSpec[]>;
  /** Resolves to these ids with dependents before what they depend on. */
  readonly removalOrder: (ids: readonly string[]) => Promise<readonly string[]>;
  /** @throws HealerError the errors of `checkedEdit` and `editRegistry` */
  readonly edit: (edit: Exclude<RegistryEdit, { kind: 'setting' }>) => Promise<OfflineResult>;
  /** @throws HealerError INVALID_STATE when the program is already disabled */
  readonly setEnabled: (id: string, enabled: boolean) => Promise<void>;
  readonly settings: () => Promise<readonly SettingView[]>;
  readonly changeSetting: (key: string, value: unknown) => Promise<SettingView>;
}

/**
 * Opens the registry for a command that finds no running engine. A program is known when the files of the last engine
 * define it, or the files that the next engine would use.
 * @param files the files that an engine started now would use
 */
export async function openOfflineRegistry(paths: Paths, files: readonly string[]): Promise<OfflineRegistry> {
  const { registryFile, sourcesFile } = paths;
  const { env } = process;
  const noted = readSourcesNote(sourcesFile).ups;
  const last = noted.length === 0 ? [files] : noted;
  const combine = async (ups: readonly Up[]): Promise<CombinedSources> =>
    combineSources(await readSources({ files: filesOf(ups), registryFile }, env), { ups });
  const nextUps = addToSet(last, files);
  const next = nextUps === last ? null : await combine(nextUps);
  const nextOrigins = next === null ? [] : originsInFiles(next);

  const edit: OfflineRegistry['edit'] = async (wanted) => {
    const readings = await readSourceFiles(filesOf(last), env);
    const combineWith = (registry: Registry): CombinedSources =>
      combineSources({ files: readings, registry: registryReadingOf(registry, registryFile) }, { ups: last });
    const originsOf = (registry: Registry): Origins =>
      new Map([...nextOrigins, ...originsInFiles(combineWith(registry))]);
    // Compared with what the edit found under the lock: other processes may edit at the same time.
    const { before, after } = await editRegistry(registryFile, (registry) =>
      checkedEdit(registry, wanted, { origins: originsOf(registry), files: readings, registryFile }),
    );
    return resultOf(wanted.id, combineWith(before), combineWith(after));
  };
  return {
    programs: async () => (await combine(last)).specs,
    removalOrder: async (ids) =>
      removalOrder(
        ids,
        (await combine(last)).specs.map(({ spec }) => spec),
      ),
    edit,
    setEnabled: async (id, enabled) => {
      const known = (await combine(last)).specs.find(({ spec }) => spec.id === id);
      if (known?.spec.enabled === false && !enabled) throw alreadyDisabled(id);
      await edit({ kind: enabled ? 'enable' : 'disable', id });
    },
    settings: async () => viewSettings((await combine(last)).inEffect.registry.content.settings),
    changeSetting: async (key, value) => {
      const { after } = await editRegistry(registryFile, (registry) =>
        applyEdit(registry, { kind: 'setting', key, value }, new Map()),
      );
      return viewSetting(after.settings, key);
    },
  };
}

function resultOf(id: string, before: CombinedSources, after: CombinedSources): OfflineResult {
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

function byId({ specs }: CombinedSources): Map<string, SourcedSpec['spec']> {
  return new Map(specs.map(({ spec }) => [spec.id, spec]));
}

/** The same error as an engine reports. */
function alreadyDisabled(id: string): HealerError {
  return new HealerError('INVALID_STATE', `cannot disable "${id}": it is disabled`, { id, operation: 'disable' });
}
