import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { Action } from '../store/reduce.ts';
import type { State, TabName } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import { ask, onceAtATime } from './ask.ts';
import { sanitizeAnomalies, sanitizeError, sanitizeZombies } from './sanitize-incoming.ts';

interface LiveTabs {
  /** Reads the records of the current tab again. */
  refresh(): void;
  /** Keeps the current tab up to date. Called on each update of the table. */
  keepUp(): void;
  readAnomalies(): void;
  readZombies(clean: boolean): void;
  close(): void;
}

/** Reads the records of the tabs while they are shown: cooldowns, anomalies and zombies. */
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
    /** Anomalies are also reported as events, so there are new ones only after an event. */
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

/** Reads the zombies. If the engine does not support that, its error is shown instead. */
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
    const scan = { kind: 'refused', reason: `this engine does not list zombies: ${message}` } as const;
    dispatch({ kind: 'zombiesRead', scan, nowMs: Date.now(), cleanup: null });
  }
}
