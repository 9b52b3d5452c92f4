import type { RunOf } from '../command/command.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { expelMembers } from '../report/expelled.ts';

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet forget']> = (context, names, { site }) => {
  refuseRemote(context, 'fleet forget');
  return expelMembers(context, names, { site, forget: true });
};
