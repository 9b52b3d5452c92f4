import { toHealerError } from '../../protocol/errors.ts';
import { connectKeeper, publishHosts, purgeHost, pushAccount } from './admin-connection.ts';
import type { HubContent, Member } from './hub-file.ts';
import { writeServerConfig } from './server-config.ts';

interface HubChange {
  readonly hasRevoked: boolean;
  /** Hosts that the fleet forgets. */
  readonly forgotten?: readonly Member[];
}

/**
 * Makes the running server follow a change of the hub. Returns a sentence if it could not: the agent of the hub does it when
 * the server is back.
 * @throws the error of the failed system call
 */
export async function applyHub(stateDir: string, hub: HubContent, change: HubChange): Promise<string | null> {
  const accounts = change.hasRevoked ? await writeServerConfig(stateDir, hub) : undefined;
  try {
    if (accounts !== undefined) await pushAccount(hub, accounts);
    const keeper = await connectKeeper(hub);
    try {
      await publishHosts(keeper, hub);
      for (const { site, name } of change.forgotten ?? []) await purgeHost(keeper, { site, host: name });
    } finally {
      await keeper.close();
    }
    return null;
  } catch (error) {
    return `the hub does not follow yet (${toHealerError(error).message}); it will as soon as it runs`;
  }
}
