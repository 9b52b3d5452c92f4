import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { instanceFamilies } from '../../base/instance-id.ts';
import { ALL } from '../../base/selector.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import { type Context, CLIENT_NAME, withConnection } from '../command/context.ts';
import { selectable } from '../report/select-programs.ts';
import type { Candidate } from '../completion/complete-words.ts';
import type { OfferKind } from '../completion/completion-model.ts';

type LookUp = (context: Context) => Promise<readonly Candidate[]>;

/** Looks up what can be completed. A look-up fails without an answer. */
export const LOOK_UPS: Readonly<Record<OfferKind, LookUp>> = {
  targets: async (context) => {
    const rows = await programsOf(context);
    return [...basesOf(rows), ...rows.map(programCandidate), ...groupsOf(rows)];
  },
  programs: async (context) => (await programsOf(context)).map(programCandidate),
  instances: async ({ paths }) => (await instancesIn(paths)).map((text) => ({ text, summary: 'engine instance' })),
  remotes: async (context) => (await hostsOf(context)).map(({ text, summary }) => ({ text: `fleet:${text}`, summary })),
  hosts: async (context) => [...(await hostsOf(context)), { text: ALL, summary: 'all hosts' }],
  settings: async () => {
    const { viewSettings } = await import('../../config/registry/settings.ts');
    return viewSettings({}).map(({ key, meaning }) => ({ text: key, summary: meaning }));
  },
  fields: async () => [...(await fieldCandidates('')), { text: ALL, summary: 'every change' }],
  assignments: () => fieldCandidates('='),
};

async function programsOf(context: Context): Promise<readonly ProcessRow[]> {
  return selectable(await withConnection(context, ({ api }) => listAll(api)));
}

function programCandidate({ id, state }: ProcessRow): Candidate {
  return { text: id, summary: state };
}

/** Returns the names that stand for all instances of a program, such as `web` for `web-0` and `web-1`. */
function basesOf(rows: readonly ProcessRow[]): readonly Candidate[] {
  return [...instanceFamilies(rows)].map(([text, { length }]) => ({
    text,
    summary: `${String(length)} ${length === 1 ? 'instance' : 'instances'}`,
  }));
}

function groupsOf(rows: readonly ProcessRow[]): readonly Candidate[] {
  const counts = new Map<string, number>();
  for (const { groups } of rows) for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts].map(([group, count]) => ({
    text: `@${group}`,
    summary: `${String(count)} ${count === 1 ? 'program' : 'programs'}`,
  }));
}

/** Returns the instances that have run: each has a folder of its own. No name of an instance begins with a dot. */
async function instancesIn({ stateDir, instance }: Context['paths']): Promise<readonly string[]> {
  const folder = stateDir.slice(0, -instance.length);
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted();
}

/** Returns the hosts of the fleet whose credential the user holds; those of the same name in several sites with their site. */
async function hostsOf({ paths: { configDir } }: Context): Promise<readonly Candidate[]> {
  const { personCredentialFile } = await import('../../fleet/bus/credential.ts');
  if (!existsSync(personCredentialFile(configDir))) return [];
  const [{ connectFleet }, { readFleet }] = await Promise.all([
    import('../../fleet/operator/connect-fleet.ts'),
    import('../../fleet/operator/read-fleet.ts'),
  ]);
  const bus = await connectFleet(configDir, { clientName: CLIENT_NAME });
  const hosts = await readFleet(bus).finally(bus.close);
  const nameOf = ({ site, host }: { readonly site: string; readonly host: string }): string =>
    hosts.some((other) => other.host === host && other.site !== site) ? `${site}/${host}` : host;
  return hosts.map((host) => ({ text: nameOf(host), summary: host.site }));
}

/** Returns the fields of a definition that can be set by their paths. */
async function fieldCandidates(ending: string): Promise<readonly Candidate[]> {
  const { definitionFieldNames } = await import('../definitions/field-names.ts');
  return definitionFieldNames().map(({ path, meaning }) => ({ text: `${path}${ending}`, summary: meaning }));
}
