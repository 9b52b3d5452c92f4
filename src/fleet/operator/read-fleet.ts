import { HealerError } from '../../protocol/errors.ts';
import type { Bus } from '../bus/connect-bus.ts';
import type { FleetHost } from '../contract/fleet-host.ts';
import { FleetWatch } from './watch-fleet.ts';

/** Reads all hosts of the fleet once. @throws HealerError IO_ERROR if they cannot be read */
export async function readFleet(bus: Pick<Bus, 'nats' | 'credential'>): Promise<readonly FleetHost[]> {
  return new Promise((resolve, reject) => {
    const fleet = new FleetWatch(bus, {
      onChange: ({ bus, problems }) => {
        fleet.close();
        if (bus.is === 'connected') resolve(fleet.hosts());
        else reject(new HealerError('IO_ERROR', `the hosts of the fleet cannot be read: ${problems.join('; ')}`));
      },
    });
    fleet.start();
  });
}
