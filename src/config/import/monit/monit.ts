import { finishDrafts, type ReadyDraft } from '../draft/finish-drafts.ts';
import type { Imported, ImportNote } from '../draft/imported.ts';
import { HealerError } from '../../../protocol/errors.ts';
import { convertProcess } from './process.ts';
import { type MonitService, parseControlFile, type Statement } from './statements.ts';

/** monit looks at programs every 30 s unless the file says otherwise. */
const CYCLE_SECONDS = 30;

/**
 * Converts a control file of monit: the programs that it starts itself. Programs that it only asks a service manager to start
 * are left out.
 * @throws HealerError INVALID_CONFIG when the file contains no `check`
 */
export function importMonit(text: string, file: string): Imported {
  const { services, settings } = parseControlFile(text);
  if (services.length === 0 && settings.length === 0) {
    throw new HealerError('INVALID_CONFIG', `"${file}" contains no statement such as "check process web"`, { file });
  }
  const placeOf = (statement: Statement): string => `${file}:${String(statement.line)}`;
  const cycle = settings
    .map(({ text: one }) => /^set\s+daemon\s+(\d+)/i.exec(one)?.[1])
    .find((found) => found !== undefined);
  const cycleMs = Number(cycle ?? CYCLE_SECONDS) * 1000;
  const drafts = services.flatMap((service): ReadyDraft[] => {
    if (service.kind !== 'process') return [];
    const place = placeOf(service.check);
    return [{ draft: convertProcess(service, { cycleMs, placeOf }), place, isLiteral: true }];
  });
  const others = services.filter(({ kind }) => kind !== 'process').map((service) => noteOfService(service, placeOf));
  return finishDrafts(drafts, [...settings.flatMap((one) => noteOfSetting(one, placeOf)), ...others]);
}

function noteOfService({ kind, name, check }: MonitService, placeOf: (statement: Statement) => string): ImportNote {
  const advice =
    kind === 'program' ? 'run it as a program with "schedule" and "restart: never"' : 'healer watches programs only';
  return { weight: 'loss', place: placeOf(check), message: `check ${kind} ${name} was left out: ${advice}` };
}

function noteOfSetting(statement: Statement, placeOf: (statement: Statement) => string): ImportNote[] {
  const place = placeOf(statement);
  const [, files] = /^include\s+(.*)$/i.exec(statement.text) ?? [];
  if (files !== undefined) {
    return [{ weight: 'loss', place, message: `include: ${files} was not imported; import these files too` }];
  }
  if (/^set\s+(?:alert|mailserver|mail-format|eventqueue)\b/i.test(statement.text)) {
    return [
      { weight: 'minor', place, message: 'alerts are configured separately; "healer test-email" names the file' },
    ];
  }
  return [{ weight: 'detail', place, message: 'concerns only monit' }];
}
