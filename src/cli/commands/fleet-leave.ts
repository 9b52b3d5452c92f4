import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import { personCredentialFile, readCredential } from '../../fleet/bus/credential.ts';
import { isHub } from '../../fleet/hub/hub-file.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { agentLock } from '../engine/end-agent.ts';

/** Longer than the engine takes to notice, and the agent to say goodbye. */
const PATIENCE_MS = 8_000;

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet leave']> = async (context, _args, { person }) => {
  refuseRemote(context, 'fleet leave');
  const { paths, terminal } = context;
  const file = person ? personCredentialFile(paths.configDir) : paths.fleetFile;
  if (!existsSync(file)) {
    const who = person ? 'this user holds no credential of a fleet' : 'this host belongs to no fleet';
    throw new HealerError('INVALID_STATE', `${who}: there is nothing to leave`);
  }
  if (!person && isHub(paths.stateDir)) {
    throw new HealerError(
      'INVALID_STATE',
      'this machine runs the hub: without its agent no host could join; to end the fleet, run "healer remove fleet-bus" and delete the folder "fleet" in the state folder',
    );
  }
  const name = nameIn(file);
  rmSync(file);
  const hasLeft = person || (await agentHasLeft(agentLock(paths)));
  if (terminal.json) terminal.printJson({ name, left: hasLeft });
  else terminal.print(`"${name}" has left the fleet.`);
  if (!hasLeft) terminal.note('Its agent still runs: it ends as soon as it notices.');
  terminal.note(`To revoke its credential, run on the hub: healer fleet forget ${name}`);
  return 0;
};

/** A damaged credential can be left too. */
function nameIn(file: string): string {
  try {
    return readCredential(file)?.name ?? 'this host';
  } catch {
    return 'this host';
  }
}

async function agentHasLeft(lock: string): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const owner = readLockOwner(lock);
    if (owner === null || !isOwnerAlive(owner)) return true;
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
}
