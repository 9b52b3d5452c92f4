import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { Action } from '../store/reduce.ts';
import type { State, TabName } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import { ask, onceAtATime } from './ask.ts';
import { sanitizeAnomalies, sanitizeError, sanitizeZombies } from './sanitize-incoming.ts';

interface LiveTabs {
  /** What the shown tab lists is read anew. */
  refresh(): void;
  /** The table was brought up to date: so is what the tab shows. */
  keepUp(): void;
  readAnomalies(): void;
  readZombies(clean: boolean): void;
  close(): void;
}

/** Reads what the tabs beside the table list, while they are shown: cooldowns, anomalies, zombies. */
export function createLiveTabs(client: ReconnectingClient, store: Store, dispatch: (action: Action) => void): LiveTabs {
  let shown: TabName | null = null;
  let newestSeq = 0;
  const readCooldowns = onceAtATime(() =>
    ask(client.api.cooldowns({}), (cooldowns) => {
      dispatch({ kind: 'cooldownsRead', cooldowns });
    }),
  );
  const readAnomalies = onceAtATime(() =>
    ask(client.api.anomalies({}), (anomalies) => {
      dispatch({ kind: 'anomaliesRead', anomalies: sanitizeAnomalies(anomalies) });
    }),
  );
  const readZombies = (clean: boolean): void => {
    void scanZombies(client, clean, dispatch);
  };
  const refresh = (): void => {
    if (shown === 'cooldown') readCooldowns();
    if (shown === 'anomalies') readAnomalies();
    if (shown === 'zombies') readZombies(false);
  };
  const close = store.subscribe(() => {
    const tab = tabOf(store.state());
    if (tab === shown) return;
    shown = tab;
    refresh();
  });
  return {
    refresh,
    /** Findings come as events too: only then is there more to read. */
    keepUp: () => {
      const seq = store.state().events.at(-1)?.seq ?? 0;
      if (shown === 'cooldown') readCooldowns();
      if (shown === 'anomalies' && seq !== newestSeq) readAnomalies();
      newestSeq = seq;
    },
    readAnomalies,
    readZombies,
    close,
  };
}

function tabOf({ view }: State): TabName | null {
  return view.kind === 'tab' ? view.tab : null;
}

/** Where the engine does not know the method, its refusal is what there is to be told. */
async function scanZombies(
  { api }: ReconnectingClient,
  clean: boolean,
  dispatch: (action: Action) => void,
): Promise<void> {
  try {
    const cleanup = clean ? await api.cleanZombies({}) : null;
    const zombies = sanitizeZombies(cleanup?.left ?? (await api.zombies({})));
    const seenAtMs = Date.now();
    dispatch({ kind: 'zombiesRead', scan: { kind: 'read', zombies, seenAtMs }, nowMs: seenAtMs, cleanup });
  } catch (error) {
    const { code, message } = sanitizeError(toHealerError(error));
    if (code === 'ENGINE_NOT_RUNNING') return;
    const scan = { kind: 'refused', reason: `this engine does not look for zombies: ${message}` } as const;
    dispatch({ kind: 'zombiesRead', scan, nowMs: Date.now(), cleanup: null });
  }
}
