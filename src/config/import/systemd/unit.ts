import { HealerError } from '../../../protocol/errors.ts';
import { finishDrafts } from '../draft/finish-drafts.ts';
import type { Imported, ImportNote } from '../draft/imported.ts';
import { ProgramDraft } from '../draft/program-draft.ts';
import { convertCommand, readVariables } from './service-command.ts';
import { convertService } from './service-fields.ts';
import { convertSteps } from './service-steps.ts';
import { convertSocketUnit } from './socket-unit.ts';
import { expandSpecifiers, unitName } from './specifiers.ts';
import { convertTimer } from './timer.ts';
import { parseUnitFile, type UnitFile, type UnitValue } from './unit-file.ts';

/**
 * Converts a unit of systemd, with the times of the timer and the sockets of the socket unit next to it that have the same name.
 * @throws HealerError INVALID_CONFIG when the file contains no section `[Service]`
 */
export function importUnit(text: string, file: string): Imported {
  const unit = parseUnitFile(text);
  const service = unit.sections.get('Service');
  if (service === undefined) throw notService(unit, file);
  const name = unitName(file);
  const draft = new ProgramDraft(
    name.prefix === '' ? 'program' : name.full.replace(/\.service$/, '').replace(/@$/, ''),
  );
  const placeOf = (line: number): string => `${file}:${String(line)}`;
  const values = service.flatMap((value): readonly UnitValue[] => {
    const { text: expanded, unknown } = expandSpecifiers(value.text, name);
    if (unknown !== null) noteSpecifier(draft, value, unknown, placeOf(value.line));
    // Half a command does something else.
    return unknown !== null && value.key.startsWith('Exec') ? [] : [{ ...value, text: expanded }];
  });
  for (const line of unit.broken)
    draft.lose(placeOf(line), 'neither a section nor "Key=value"; systemd ignores it too');
  const env = readVariables(values, draft, placeOf);
  convertCommand(values, env, draft, placeOf);
  const limits = (unit.sections.get('Unit') ?? []).filter(({ key }) => key.startsWith('StartLimit'));
  convertService([...values, ...limits], draft, placeOf);
  convertSteps({ values, env, draft, placeOf });
  convertTimer(file, name.full, values, draft);
  convertSocketUnit(file, name, draft);
  const notes = [...unit.sections].flatMap(([section, written]) => notesOf(section, written, placeOf));
  return finishDrafts([{ draft, place: file, isLiteral: true }], notes);
}

function noteSpecifier(draft: ProgramDraft, { key }: UnitValue, specifier: string, place: string): void {
  const message =
    specifier.toLowerCase() === '%i'
      ? `${specifier} stands for the instance of a template; copy the unit to a name such as worker@1.service and import that`
      : `the specifier ${specifier} has no equivalent`;
  if (key.startsWith('ExecStart')) draft.problem ??= message;
  else draft.lose(place, `${key}: ${message}`);
}

function notService(unit: UnitFile, file: string): HealerError {
  const service = unitName(file).full.replace(/\.[a-z]+$/, '.service');
  const isTimer = unit.sections.has('Timer');
  const why = isTimer
    ? `is a timer: import its unit, such as "${service}", which includes the times`
    : 'contains no section [Service]: healer imports services';
  return new HealerError('INVALID_CONFIG', `"${file}" ${why}`, { file });
}

function notesOf(
  section: string,
  values: readonly UnitValue[],
  placeOf: (line: number) => string,
): readonly ImportNote[] {
  if (section === 'Service') return [];
  if (section === 'Unit')
    return notesOf(
      '',
      values.filter(({ key }) => !key.startsWith('StartLimit')),
      placeOf,
    );
  return values.map(({ key, text, line }): ImportNote => {
    const own = /^(?:Condition|Assert)[A-Z]/.test(key) ? CONDITION : IMPORTANT[key];
    const place = placeOf(line);
    const units = own === undefined ? [] : text.split(/\s+/).filter((unit) => !unit.endsWith('.target'));
    if (own !== undefined && units.length > 0)
      return { weight: own.weight, place, message: `${key}=${units.join(' ')}: ${own.message}` };
    return { weight: 'detail', place, message: `${key}: concerns only systemd` };
  });
}

const ORDER = { weight: 'minor', message: 'start healer after this unit' } as const;
const NEEDED = {
  weight: 'loss',
  message: 'healer does not start units of systemd; make sure that it runs, or import it too and add "dependsOn"',
} as const;
const CONDITION = { weight: 'loss', message: 'conditions have no equivalent; the program starts in any case' } as const;

const IMPORTANT: Readonly<Record<string, Pick<ImportNote, 'weight' | 'message'>>> = {
  After: ORDER,
  Requires: NEEDED,
  Wants: NEEDED,
  BindsTo: NEEDED,
  Requisite: NEEDED,
  PartOf: NEEDED,
  Conflicts: { weight: 'loss', message: 'conflicts have no equivalent' },
  OnFailure: {
    weight: 'loss',
    message: 'healer does not start units of systemd; set hooks.failed, or configure an alert',
  },
};
