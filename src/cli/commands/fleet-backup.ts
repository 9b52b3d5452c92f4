import { replaceFile } from '../../base/atomic-file.ts';
import { writeBackup } from '../../fleet/hub/backup.ts';
import { readHub } from '../../fleet/hub/hub-file.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet backup']> = (context, [file = '']) => {
  refuseRemote(context, 'fleet backup');
  const { paths, terminal } = context;
  const hub = readHub(paths.stateDir);
  try {
    replaceFile(file, writeBackup(hub));
  } catch (error) {
    throw new HealerError('IO_ERROR', `cannot write "${file}": ${toHealerError(error).message}`, {}, { cause: error });
  }
  if (terminal.json) terminal.printJson({ file, members: hub.members.length });
  else terminal.print(`Wrote the keys and ${String(hub.members.length)} members of the fleet to "${file}".`);
  terminal.note('Who has the file controls the fleet: keep it on another machine, where only you can read it.');
  return Promise.resolve(0);
};
