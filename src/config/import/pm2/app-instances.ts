import { ProgramDraft } from '../draft/program-draft.ts';
import type { App, AppContext } from './ecosystem-app.ts';
import { textOf } from '../draft/text-of.ts';

/** Converts the number of instances, and cluster mode, which healer does not have. */
export function convertInstances(app: App, context: AppContext, draft: ProgramDraft): readonly ProgramDraft[] {
  const count = readCount(app['instances'], context, draft);
  if (isClustered(app, draft)) {
    const place = `${context.place}.${app['exec_mode'] === undefined ? 'instances' : 'exec_mode'}`;
    if (count > 1) {
      draft.lose(
        place,
        'no cluster mode: instances are separate processes. To share a port, open it with "sockets" and listen on ' +
          'descriptor 3; otherwise derive their ports from HEALER_INSTANCE',
      );
    } else draft.note('detail', place, 'a single process needs no cluster; it runs like any other program');
  }
  if (count === 1) return [draft];
  const counted = app['increment_var'];
  const variable = typeof counted === 'string' ? counted : null;
  const first = variable === null ? Number.NaN : Number(draft.spec.env?.[variable]);
  if (variable !== null && Number.isInteger(first)) return numberedPrograms(draft, count, variable, first);
  if (variable !== null) draft.lose(`${context.place}.increment_var`, `"${variable}" in env is not a number`);
  draft.set({ instances: count });
  return [draft];
}

/** Instances with a different value of a variable become separate programs. */
function numberedPrograms(draft: ProgramDraft, count: number, variable: string, first: number): ProgramDraft[] {
  return Array.from({ length: count }, (_, index) => {
    const env = { ...draft.spec.env, [variable]: String(first + index) };
    const copy = new ProgramDraft(`${draft.name}-${index}`, { ...draft.spec, env });
    if (index === 0) copy.notes.push(...draft.notes);
    return copy;
  });
}

function readCount(value: unknown, { place, processors }: AppContext, draft: ProgramDraft): number {
  if (value === undefined || value === null) return 1;
  // PM2 reads "4," as 4.
  const asked = value === 'max' ? 0 : Number(/^\s*(-?\d+)\s*,?\s*$/.exec(textOf(value))?.[1] ?? Number.NaN);
  if (!Number.isInteger(asked)) {
    draft.lose(`${place}.instances`, `"${textOf(value)}" is not a number of instances; one was imported`);
    return 1;
  }
  if (asked > 0) return asked;
  const count = Math.max(1, processors + asked);
  draft.lose(`${place}.instances`, `"${textOf(value)}" depends on the machine; on this one it is ${count}`);
  return count;
}

/** PM2 uses cluster mode for Node programs as soon as a number of instances is set. */
function isClustered(app: App, { spec }: ProgramDraft): boolean {
  const mode = app['exec_mode'];
  if (typeof mode === 'string') return mode.startsWith('cluster');
  return app['instances'] !== undefined && spec.command === 'node';
}
