import type { EngineTarget } from '../../client/connection/engine-target.ts';
import { createClientOf, type ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { Effect } from '../commands/response.ts';
import type { FieldIssue } from '../state/form.ts';
import { isRolling, type Operation, type OperationParams } from '../state/operations.ts';
import { type Action, reduce } from '../store/reduce.ts';
import type { Store } from '../store/store.ts';
import { createLiveEvents } from './live-events.ts';
import { createLiveProgram } from './live-program.ts';
import { createLiveTable } from './live-table.ts';
import { createLiveTabs } from './live-tabs.ts';
import { createLogFollower } from './log-follower.ts';
import { operateOnAll, operateOneByOne } from './operate.ts';
import { sanitizeError } from './sanitize-incoming.ts';

/** What the screen may ask of the engine. */
export interface EngineLink {
  /** Asks the engine for it; the store hears what became of it. */
  readonly operate: (operation: Operation, ids: readonly string[], params: OperationParams) => Promise<void>;
  /** Opens the dialog of a program once its definition is here. */
  readonly readDefinition: (id: string) => Promise<void>;
  readonly submit: (submission: Extract<Effect, { kind: 'submit' }>) => Promise<void>;
  readonly readZombies: (clean: boolean) => void;
  readonly readAnomalies: () => void;
  /** @throws HealerError */
  readonly logPathOf: (id: string) => Promise<string>;
  /** Tries the engine now rather than when the next attempt is due. */
  readonly reconnect: () => void;
  readonly close: () => void;
}

/** The only place of the terminal UI that knows the client: the engine's messages become actions of the store. */
export function linkEngine(target: EngineTarget, store: Store): EngineLink {
  const dispatch = (action: Action): void => {
    store.update((state) => reduce(state, action));
  };
  const tellProblem = (error: unknown): void => {
    dispatch({ kind: 'told', text: sanitizeError(toHealerError(error)).message, tone: 'bad', nowMs: Date.now() });
  };
  let attachment = attach(target, store, dispatch);
  return {
    operate: async (operation, ids, params) => {
      const { client } = attachment;
      const operateOn = isRolling(operation) ? operateOneByOne : operateOnAll;
      const outcomes = await operateOn({ client, store, dispatch }, operation, ids, params);
      dispatch({ kind: 'operated', operation, params, outcomes, nowMs: Date.now() });
    },
    readDefinition: async (id) => {
      try {
        const { spec } = await attachment.client.api.describe({ id });
        dispatch({ kind: 'definitionRead', id, spec });
      } catch (error) {
        tellProblem(error);
      }
    },
    submit: async ({ purpose, id, values }) => {
      const { api } = attachment.client;
      try {
        const result = await (purpose === 'add'
          ? api.add({ definition: { command: '', ...values, id } })
          : api.update({ id, changes: values }));
        dispatch({ kind: 'formAccepted', result, nowMs: Date.now() });
      } catch (error) {
        const { message, data } = sanitizeError(toHealerError(error));
        dispatch({ kind: 'formRefused', message, issues: issuesOf(data) });
      }
    },
    readZombies: (clean) => {
      attachment.tabs.readZombies(clean);
    },
    readAnomalies: () => {
      attachment.tabs.readAnomalies();
    },
    logPathOf: async (id) => (await attachment.client.api.describe({ id })).logPath,
    reconnect: () => {
      if (attachment.client.state.status === 'connected') return;
      attachment.close();
      attachment = attach(target, store, dispatch);
    },
    close: () => {
      attachment.close();
    },
  };
}

/** The engine's schema names each field that does not fit. */
function issuesOf(data: HealerError['data']): readonly FieldIssue[] {
  const { issues } = data as { readonly issues?: readonly FieldIssue[] };
  return issues ?? [];
}

interface Attachment {
  readonly client: ReconnectingClient;
  readonly tabs: ReturnType<typeof createLiveTabs>;
  close(): void;
}

function attach(target: EngineTarget, store: Store, dispatch: (action: Action) => void): Attachment {
  const client = createClientOf(target);
  const log = createLogFollower(client, store, dispatch);
  const program = createLiveProgram(client, store, dispatch);
  const tabs = createLiveTabs(client, store, dispatch);
  const followEvents = createLiveEvents(client, dispatch);
  client.onState((state) => {
    if (state.status === 'disconnected') {
      dispatch({ kind: 'disconnected', error: sanitizeError(state.error), nowMs: Date.now() });
    }
    if (state.status !== 'connected') return;
    program.refresh();
    tabs.refresh();
    followEvents();
  });
  const closeTable = createLiveTable(client, store, dispatch, () => {
    program.keepUp();
    tabs.keepUp();
  });
  return {
    client,
    tabs,
    close: () => {
      closeTable();
      for (const live of [tabs, program, log]) live.close();
      client.close();
    },
  };
}
