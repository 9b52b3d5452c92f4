import { BatchedReading } from '../../fleet/bus/batched-reading.ts';
import { busTarget } from '../../fleet/operator/bus-target.ts';
import type { Bus } from '../../fleet/bus/connect-bus.ts';
import { connectFleet } from '../../fleet/operator/connect-fleet.ts';
import { FleetWatch } from '../../fleet/operator/watch-fleet.ts';
import type { FleetConnection } from '../../tui/fleet/fleet-source.ts';

/** Connects to the fleet for the terminal UI. @throws the errors of `connectFleet` */
export async function connectFleetForTui(configDir: string): Promise<FleetConnection> {
  const bus = await connectFleet(configDir, { clientName: 'healer tui' });
  const batches = new BatchedReading(bus.nats);
  return {
    hub: bus.credential.servers[0] ?? '',
    watch: (onChange) => {
      // Rows arrive in batches, so that there is nothing to wait for.
      const fleet = new FleetWatch(bus, { onChange, batches, intervalMs: 0 });
      fleet.start();
      return () => fleet.close();
    },
    targetOf: ({ site, host }) =>
      busTarget({ connectBus: () => Promise.resolve(flowing(bus, batches)), ownsBus: true, wanted: { site, host } }),
    measure: () => batches.during(bus.nats.rtt()),
    close: () => {
      batches.close();
      return bus.close();
    },
  };
}

/** Returns the bus as the connection to one host uses it: it flows until that connection is closed. */
function flowing(bus: Bus, batches: BatchedReading): Bus {
  const end = batches.flow();
  return {
    ...bus,
    close: () => {
      end();
      return Promise.resolve();
    },
  };
}
