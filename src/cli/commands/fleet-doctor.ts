import { personCredentialFile } from '../../fleet/bus/credential.ts';
import { checkFleet } from '../../fleet/hub/fleet-checks.ts';
import type { RunOf } from '../command/command.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { printDiagnoses } from '../output/diagnoses.ts';

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet doctor']> = async (context) => {
  refuseRemote(context, 'fleet doctor');
  const { paths, terminal } = context;
  const { stateDir, fleetFile: hostFile, configDir } = paths;
  const diagnoses = await checkFleet({ stateDir, hostFile, personFile: personCredentialFile(configDir) });
  if (terminal.json) terminal.printJson(diagnoses);
  else printDiagnoses(terminal, diagnoses);
  return diagnoses.some(({ status }) => status === 'error') ? 1 : 0;
};
