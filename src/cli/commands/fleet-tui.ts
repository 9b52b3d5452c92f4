import { existsSync } from 'node:fs';
import { personCredentialFile } from '../../fleet/bus/credential.ts';
import { noCredential } from '../../fleet/operator/connect-fleet.ts';
import type { RunOf } from '../command/command.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { openTui, wantsScreenReader } from './tui.ts';

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet tui']> = (context, _args, options) => {
  const file = personCredentialFile(context.paths.configDir);
  if (!existsSync(file)) throw noCredential(file);
  return openTui(context, {
    readOnly: options.readOnly,
    mouse: options.mouse,
    screenReader: options.screenReader || wantsScreenReader(context.env),
    first: 'fleet',
  });
};
