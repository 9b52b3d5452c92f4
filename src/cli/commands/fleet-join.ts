import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { personCredentialFile, readCredential, writeCredential } from '../../fleet/bus/credential.ts';
import { readJoinLine } from '../../fleet/bus/join-line.ts';
import { redeemInvitation } from '../../fleet/bus/join-request.ts';
import { isHub } from '../../fleet/hub/hub-file.ts';
import { explainReadProblem } from '../../base/file-problem.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { withInstance } from '../command/with-instance.ts';
import { connectIfRunning } from '../engine/start-engine.ts';

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet join']> = async (context, words, { file, replace }) => {
  refuseRemote(context, 'fleet join');
  const { paths, terminal } = context;
  const invitation = readJoinLine(lineOf(words, file));
  const isHost = invitation.role === 'host';
  const target = isHost ? paths.fleetFile : personCredentialFile(paths.configDir);
  // Checked first: an invitation works only once.
  if (!replace) refuseSecond(target, isHost);
  if (isHost && isHub(paths.stateDir)) {
    throw new HealerError('INVALID_STATE', 'this machine runs the hub of a fleet, and cannot be a host of another one');
  }
  const credential = await redeemInvitation(invitation, hostname());
  writeCredential(target, credential);
  const { role, name, site, servers } = credential;
  if (terminal.json) terminal.printJson({ role, name, site, servers });
  else if (isHost) await reportHost(context, name, servers);
  else terminal.print(`You are the ${role} "${name}" of the fleet at ${servers.join(', ')}. Next: healer fleet ls`);
  return 0;
};

function lineOf(words: readonly string[], file: string | undefined): string {
  const source = file ?? (words.length === 1 && words[0] === '-' ? '-' : undefined);
  if (source === undefined) return words.join('');
  try {
    return readFileSync(source === '-' ? 0 : source, 'utf8');
  } catch (error) {
    throw new HealerError('INVALID_CONFIG', `cannot read "${source}": ${explainReadProblem(source, error)}`);
  }
}

function refuseSecond(target: string, isHost: boolean): void {
  if (!existsSync(target)) return;
  const known = readCredential(target);
  const who = `${isHost ? 'this host' : 'this user'} already belongs to the fleet at ${known?.servers.join(', ') ?? ''} as "${known?.name ?? ''}"`;
  const leave = isHost ? 'healer fleet leave' : 'healer fleet leave --person';
  throw new HealerError('ALREADY_EXISTS', `${who}: run "${leave}" first, or add --replace`);
}

async function reportHost({ paths, terminal }: Context, name: string, servers: readonly string[]): Promise<void> {
  const connection = await connectIfRunning(paths).catch(() => null);
  connection?.close();
  terminal.print(`This machine is the host "${name}" of the fleet at ${servers.join(', ')}.`);
  if (connection === null) {
    terminal.note(
      `The engine is not running: the host appears once "${withInstance(paths.instance)('up')}" has started it.`,
    );
  }
}
