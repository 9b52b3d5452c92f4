import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';
import { examine } from '../doctor/checks.ts';
import { applyRepairs } from '../doctor/fix.ts';
import { thisMachine } from '../doctor/machine.ts';
import { repairsOf } from '../doctor/repairs.ts';
import { printDiagnoses } from '../output/diagnoses.ts';
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
