import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { followSuspension } from '../../client/connection/suspended-engine.ts';
import type { HealerError } from '../../protocol/errors.ts';
import { type Context, targetOf } from '../command/context.ts';
import { onReaderGone } from '../output/end-without-reader.ts';
import { watchReader } from '../output/watch-reader.ts';

/** The exit code of shells for a program that was terminated by Ctrl-C. */
const INTERRUPTED = 130;

/** How a command that follows ends. */
interface FollowEnd {
  /** A refused stream ends the command. */
  readonly refuse: (error: HealerError) => void;
  /** There is nothing left to follow: the command succeeds. */
  readonly finish: () => void;
}

/** Starts the streams. */
export type BeginFollowing = (
  client: ReconnectingClient,
  onRefused: FollowEnd['refuse'],
  onEnded: FollowEnd['finish'],
) => Promise<void>;

/**
 * Follows streams, even when the engine restarts, until Ctrl-C, until the reader of the output is gone, or until a stream
 * is refused.
 * @throws HealerError if no engine is running at first, or the refusal
 */
export async function follow(context: Context, begin: BeginFollowing): Promise<number> {
  const { createClientOf } = await import('../../client/attach/reconnecting-client.ts');
  const client = createClientOf(await targetOf(context));
  let [endWatch, stopAnnouncing] = [(): void => undefined, (): void => undefined];
  try {
    await client.waitForConnection();
    announceRestarts(context, client);
    if (context.remote === null) stopAnnouncing = announceSuspension(context);
    return await new Promise<number>((resolve, reject) => {
      // The reader needs no more output, so this is a success.
      const end = (): void => resolve(0);
      const endings = [watchReader(end), onReaderGone(end)];
      endWatch = () => {
        for (const stop of endings) stop();
      };
      process.once('SIGINT', () => {
        resolve(INTERRUPTED);
      });
      begin(client, reject, end).catch(reject);
    });
  } finally {
    endWatch();
    stopAnnouncing();
    client.close();
  }
}

/** A suspended engine keeps its connections, so nothing else shows that the output ends for now. */
function announceSuspension({ terminal, paths }: Context): () => void {
  return followSuspension(paths.socket, {
    onSuspended: (pid) => {
      const how = `continue it with "kill -CONT ${pid}" (press Ctrl-C to exit)`;
      terminal.note(`the engine (pid ${pid}) is suspended (state T, by SIGSTOP or Ctrl-Z), so nothing follows; ${how}`);
    },
    onContinued: () => terminal.note('the engine was continued'),
  });
}

function announceRestarts({ terminal }: Context, client: ReconnectingClient): void {
  let isAway = false;
  client.onState((state) => {
    if (state.status === 'disconnected' && !isAway) {
      isAway = true;
      terminal.note('lost the connection to the engine; waiting for it to restart (press Ctrl-C to exit)');
    }
    if (state.status === 'connected') {
      isAway = false;
      terminal.note(`connected to the engine again (pid ${state.hello.pid})`);
    }
  });
}
