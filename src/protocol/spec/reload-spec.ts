import * as z from 'zod';
import { signalName } from './spec-values.ts';

/** How a program is reloaded. See docs/lifecycle.md. */
export const reloadSchema = z.strictObject({
  strategy: z
    .enum(['signal', 'overlap', 'rolling'])
    .default('signal')
    .describe(
      '`signal` sends `reload.signal`. `overlap` starts a new run, and stops the old one once the new one is ready. `rolling` restarts. With the last two, instances are reloaded and restarted one after another',
    ),
  signal: signalName.default('SIGHUP').describe('Signal that makes the main process reload its configuration'),
});
