import { sanitizeText } from '../../base/sanitize-text.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';
import { examine } from '../doctor/checks.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { applyRepairs } from '../doctor/fix.ts';
import { thisMachine } from '../doctor/machine.ts';
import { repairsOf } from '../doctor/repairs.ts';
import type { Style } from '../output/style.ts';
import type { Terminal } from '../output/terminal.ts';
import { refuseRemote } from '../command/remote-engine.ts';

export const run: RunOf<typeof SET_UP_COMMANDS.doctor> = async (context, _args, { fix, yes }) => {
  refuseRemote(context, 'doctor');
  if (yes && !fix) throw new HealerError('INVALID_CONFIG', '--yes answers the questions of --fix — add --fix');
  const { terminal } = context;
  const found = await examine(thisMachine(context));
  const repairs = fix ? await applyRepairs(terminal, repairsOf(found, thisMachine(context)), yes) : null;
  const diagnoses = repairs === null ? found : await examine(thisMachine(context));
  if (terminal.json) terminal.printJson(repairs === null ? diagnoses : { repairs, diagnoses });
  else printDiagnoses(terminal, diagnoses);
  return diagnoses.some(({ status }) => status === 'error') ? 1 : 0;
};

const TONES: Readonly<Record<Diagnosis['status'], keyof Pick<Style, 'good' | 'warning' | 'bad'>>> = {
  ok: 'good',
  warning: 'warning',
  error: 'bad',
};
const STATUS_WIDTH = 'warning'.length;

function printDiagnoses(terminal: Terminal, diagnoses: readonly Diagnosis[]): void {
  const { style } = terminal;
  const width = Math.max(...diagnoses.map(({ check }) => check.length));
  for (const { check, status, message, fix } of diagnoses) {
    const tone = style[TONES[status]];
    terminal.print(`${tone(status.padEnd(STATUS_WIDTH))}  ${check.padEnd(width)}  ${sanitizeText(message)}`);
    if (fix !== null)
      terminal.print(`${' '.repeat(STATUS_WIDTH + width + 4)}${style.faint(`fix: ${sanitizeText(fix)}`)}`);
  }
  const count = (wanted: Diagnosis['status']): number => diagnoses.filter(({ status }) => status === wanted).length;
  terminal.print(`ok: ${count('ok')}, warnings: ${count('warning')}, errors: ${count('error')}`);
}
