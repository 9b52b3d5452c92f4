import { sanitizeText } from '../../base/sanitize-text.ts';
import { formatDuration } from '../../base/duration.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { TrackStatus } from '../../protocol/results/tracked-view.ts';
import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { formatTime } from '../output/labeled-values.ts';
import { parsePid } from '../command/pid.ts';

export const run: RunOf<typeof OPERATE_COMMANDS.track> = async (context, [word], { list }) => {
  if (list) return show(context);
  if (word === undefined) {
    throw new HealerError(
      'INVALID_CONFIG',
      'missing pid — use "healer track <pid>", or "healer track --list" to list tracked processes',
    );
  }
  const { terminal } = context;
  const target = { pid: parsePid(word) };
  const tracked = await withConnection(context, ({ api }) => api.track(target));
  if (terminal.json) terminal.printJson(tracked);
  else {
    const { pid, name, parentPid, parentName } = tracked;
    const parent = `its parent ${String(parentPid)} (${sanitizeText(parentName)})`;
    terminal.print(
      `tracking ${String(pid)} (${sanitizeText(name)}): its process tree is stopped once ${parent} has exited`,
    );
  }
  return 0;
};

async function show(context: Context): Promise<0> {
  const { terminal } = context;
  const status = await withConnection(context, ({ api }) => api.trackStatus({}));
  if (terminal.json) terminal.printJson(status);
  else for (const line of describe(status)) terminal.print(line);
  return 0;
}

const OFF =
  'Tracking is off: the platform does not support it, or it was switched off by "healer config set tracking off".';

function describe({ enabled, running, trackedCount, checkInterval, tracked }: TrackStatus): string[] {
  if (!enabled && trackedCount === 0) return [OFF];
  if (trackedCount === 0) return ['No tracked processes.'];
  const pace = running
    ? `checked every ${formatDuration(checkInterval * 1000)}`
    : 'not stopped while healing is paused or in observe mode';
  const lines = tracked.map(({ pid, name, parentPid, parentName, trackedAt }) => {
    const who = `${String(pid)}  ${sanitizeText(name)}`;
    return `${who}  child of ${String(parentPid)} (${sanitizeText(parentName)}), since ${formatTime(trackedAt)}`;
  });
  return [...lines, enabled ? `${String(trackedCount)} tracked, ${pace}` : OFF];
}
