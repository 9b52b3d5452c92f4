import { busTarget } from '../../fleet/operator/bus-target.ts';
import { connectFleet } from '../../fleet/operator/connect-fleet.ts';
import { FleetWatch } from '../../fleet/operator/watch-fleet.ts';
import type { FleetConnection } from '../../tui/fleet/fleet-source.ts';

/** Connects to the fleet for the terminal UI. @throws the errors of `connectFleet` */
export async function connectFleetForTui(configDir: string): Promise<FleetConnection> {
  const bus = await connectFleet(configDir, { clientName: 'healer tui' });
  return {
    hub: bus.credential.servers[0] ?? '',
    watch: (onChange) => {
      const fleet = new FleetWatch(bus, { onChange });
      fleet.start();
      return () => fleet.close();
    },
    targetOf: ({ site, host }) =>
      busTarget({ connectBus: () => Promise.resolve(bus), ownsBus: false, wanted: { site, host } }),
    measure: () => bus.nats.rtt(),
    close: bus.close,
  };
}
