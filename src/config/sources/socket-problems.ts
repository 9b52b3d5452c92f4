import type { ConfigProblem } from '../reading/config-problem.ts';
import { type CombinedProgram, problemAt } from './combine-program.ts';

/**
 * Returns a warning for each socket that another program has too. Both programs are kept and share the socket, which is right for
 * two programs that do the same work, and otherwise hands half of the connections to the wrong program.
 */
export function socketProblems(programs: readonly CombinedProgram[]): ConfigProblem[] {
  const ownerOf = new Map<string, CombinedProgram>();
  return programs.flatMap((program) => {
    const { spec, definitions } = program;
    return spec.sockets.flatMap(({ listen }, index) => {
      const owner = ownerOf.get(String(listen));
      if (owner === undefined) ownerOf.set(String(listen), program);
      // Instances of one program share its sockets on purpose.
      if (owner === undefined || groupOf(owner) === groupOf(program)) return [];
      const place = owner.definitions.find(({ isOverride }) => !isOverride)?.origin ?? 'another source';
      const message = `"${spec.id}" listens on ${String(listen)}, as "${owner.spec.id}" does (${place}): both accept its connections`;
      const hint = 'change one of the addresses, unless both do the same work';
      return [
        { ...problemAt(definitions, ['sockets', index, 'listen'], 'value', { message, hint }), severity: 'warning' },
      ];
    });
  });
}

function groupOf({ spec, definitions }: CombinedProgram): string {
  return definitions[0]?.id ?? spec.id;
}
