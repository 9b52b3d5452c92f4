import type { Context } from '../command/context.ts';

/** Revokes the credentials of members, and prints what happened. Returns the exit code. */
export async function expelMembers(
  { paths, terminal }: Context,
  names: readonly string[],
  { site, forget }: { readonly site: string | undefined; readonly forget: boolean },
): Promise<number> {
  const [{ expel }, { applyHub }] = await Promise.all([
    import('../../fleet/hub/members.ts'),
    import('../../fleet/hub/apply-hub.ts'),
  ]);
  const { hub, members } = await expel(paths.stateDir, names, { site, forget });
  const forgotten = forget ? members.filter(({ role }) => role === 'host') : [];
  const problem = await applyHub(paths.stateDir, hub, { hasRevoked: true, forgotten });
  if (terminal.json) terminal.printJson(members.map(({ name, role, site: place }) => ({ name, role, site: place })));
  else {
    for (const { name } of members) {
      const result = forget ? 'is forgotten' : 'is fenced: it is disconnected and cannot return';
      terminal.print(`"${name}" ${result}.`);
    }
  }
  if (problem !== null) terminal.note(problem);
  return problem === null ? 0 : 1;
}
