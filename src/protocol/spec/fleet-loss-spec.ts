import * as z from 'zod';
import { millisecondsFrom } from './spec-values.ts';

/** What happens to a program while its host has no connection to the fleet. See docs/fleet.md, "Programs of which only one may run". */
export const fleetLossSchema = z.strictObject({
  after: millisecondsFrom(1000)
    .default(300_000)
    .describe('How long the connection has to be lost, in ms or with a unit'),
  stop: z
    .boolean()
    .default(true)
    .describe('Whether the program is stopped then, until the connection is back; false leaves it running'),
});
