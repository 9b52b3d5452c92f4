import type { EngineTarget } from '../../client/connection/engine-target.ts';
import { createClientOf, type ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { Effect } from '../commands/response.ts';
import type { FieldIssue } from '../state/form.ts';
import { isRolling, type UiOperation, type OperationParams } from '../state/ui-operations.ts';
import { type Action, reduce } from '../store/reduce.ts';
import type { Store } from '../store/store.ts';
import { createLiveEvents } from './live-events.ts';
import { createLiveMoment } from './live-moment.ts';
import { createLiveProgram } from './live-program.ts';
import { createLiveTable } from './live-table.ts';
import { createLiveTabs } from './live-tabs.ts';
import { createLogFollower } from './log-follower.ts';
import { operateOnAll, operateOneByOne } from './operate.ts';
import { createLiveTrees } from './live-trees.ts';
import type { SignalTarget } from '../state/signals.ts';
import { sendSignal } from './send-signal.ts';
import { sanitizeError, sanitizeSuggestions } from './sanitize-incoming.ts';

/** The requests that the screen makes to the engine. */
export interface EngineLink {
  /** Performs an operation and puts its outcomes into the store. */
  readonly operate: (operation: UiOperation, ids: readonly string[], params: OperationParams) => Promise<void>;
  /** Reads the definition of a program and opens it in a form. */
  readonly readDefinition: (id: string) => Promise<void>;
  readonly submit: (submission: Extract<Effect, { kind: 'submit' }>) => Promise<void>;
  /** Sends a signal to a process, and reports what was found afterwards. */
  readonly signal: (target: SignalTarget, signal: string) => Promise<void>;
  readonly readZombies: (clean: boolean) => void;
  readonly readAnomalies: () => void;
  /** @throws HealerError */
  readonly logPathOf: (id: string) => Promise<string>;
  /** Connects now instead of waiting for the next attempt. */
  readonly reconnect: () => void;
  readonly close: () => void;
}

/** Connects the store to the engine. Only this folder uses the client; messages become actions of the store. */
export function linkEngine(target: EngineTarget, store: Store): EngineLink {
  const dispatch = (action: Action): void => {
    store.update((state) => reduce(state, action));
  };
  const reportProblem = (error: unknown): void => {
    dispatch({ kind: 'reported', text: sanitizeError(toHealerError(error)).message, tone: 'bad', nowMs: Date.now() });
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
        reportProblem(error);
        return;
      }
      // The form does not wait for suggestions, and is complete without them.
      const proposed = await attachment.client.api.suggest({ id }).catch(() => []);
      const suggestions = proposed.flatMap((program) => (program.id === id ? program.suggestions : []));
      if (suggestions.length > 0)
        dispatch({ kind: 'suggestionsRead', id, suggestions: sanitizeSuggestions(suggestions) });
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
    signal: async (target, signal) => {
      dispatch(await sendSignal(attachment.client.api, target, signal));
      attachment.trees.refresh();
    },
    readZombies: (clean) => {
      attachment.tabs.readZombies(clean);
    },
    readAnomalies: () => attachment.tabs.readAnomalies(),
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

/** Returns the fields that the engine rejected. */
function issuesOf(data: HealerError['data']): readonly FieldIssue[] {
  const { issues } = data as { readonly issues?: readonly FieldIssue[] };
  return issues ?? [];
}

interface Attachment {
  readonly client: ReconnectingClient;
  readonly tabs: ReturnType<typeof createLiveTabs>;
  readonly trees: ReturnType<typeof createLiveTrees>;
  close(): void;
}

function attach(target: EngineTarget, store: Store, dispatch: (action: Action) => void): Attachment {
  const client = createClientOf(target);
  const log = createLogFollower(client, store, dispatch);
  const program = createLiveProgram(client, store, dispatch);
  const tabs = createLiveTabs(client, store, dispatch);
  const trees = createLiveTrees(client, store, dispatch);
  const closeMoment = createLiveMoment(client, store, dispatch);
  const followEvents = createLiveEvents(client, dispatch);
  client.onState((state) => {
    if (state.status === 'disconnected') {
      dispatch({ kind: 'disconnected', error: sanitizeError(state.error), nowMs: Date.now() });
    }
    if (state.status !== 'connected') return;
    program.refresh();
    tabs.refresh();
    trees.refresh();
    followEvents();
  });
  const closeTable = createLiveTable(client, store, dispatch, () => {
    program.keepUp();
    tabs.keepUp();
    trees.keepUp();
  });
  return {
    client,
    tabs,
    trees,
    close: () => {
      closeTable();
      closeMoment();
      for (const live of [tabs, trees, program, log]) live.close();
      client.close();
    },
  };
}
