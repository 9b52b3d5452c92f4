import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import type { HealerError } from '../../protocol/errors.ts';
import { type Context, targetOf } from '../command/context.ts';
import { watchReader } from '../output/watch-reader.ts';

/** As shells report a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Starts the streams; a refusal ends the command. */
export type BeginFollowing = (client: ReconnectingClient, onRefused: (error: HealerError) => void) => Promise<void>;

/**
 * Follows streams over restarts of the engine, until Ctrl-C, until nobody reads any more or until a stream is refused for good.
 * @throws HealerError when there is no engine to begin with, or the refusal.
 */
export async function follow(context: Context, begin: BeginFollowing): Promise<number> {
  const { createClientOf } = await import('../../client/attach/reconnecting-client.ts');
  const client = createClientOf(await targetOf(context));
  let endWatch = (): void => undefined;
  try {
    await client.waitForConnection();
    announceRestarts(context, client);
    return await new Promise<number>((resolve, reject) => {
      // It has what it wanted, as `endQuietlyWithoutReader` has it.
      endWatch = watchReader(() => resolve(0));
      process.once('SIGINT', () => {
        resolve(INTERRUPTED);
      });
      begin(client, reject).catch(reject);
    });
  } finally {
    endWatch();
    client.close();
  }
}

function announceRestarts({ terminal }: Context, client: ReconnectingClient): void {
  let isAway = false;
  client.onState((state) => {
    if (state.status === 'disconnected' && !isAway) {
      isAway = true;
      terminal.note('the engine is gone; waiting for it to come back (Ctrl-C ends)');
    }
    if (state.status === 'connected') {
      isAway = false;
      terminal.note(`the engine is back (pid ${state.hello.pid})`);
    }
  });
}
