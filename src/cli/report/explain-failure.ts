import { fileHint } from '../output/familiar-words.ts';
import { selectItems } from '../../base/select-items.ts';
import { listAll } from '../../client/attach/list-all.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import { type ErrorCode, HealerError, toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { LIST_ALL, selectable } from './select-programs.ts';

interface Attempt {
  /** As in `cannot stop "web"`. */
  readonly action: string;
  readonly id: string;
  readonly api: EngineApi;
}

/** The next step after a failed operation. The engine knows the cause; the command line knows what to type. */
const NEXT_STEPS: Readonly<Partial<Record<ErrorCode, (id: string) => string>>> = {
  ALREADY_RUNNING: (id) => `try "healer restart ${id}"`,
  PROCESS_DISABLED: (id) => `try "healer enable ${id}"`,
  INVALID_STATE: (id) => `"healer describe ${id}" shows its state`,
  SPAWN_FAILED: (id) => `"healer describe ${id}" shows its command`,
  TERMINATE_FAILED: (id) => `"healer describe ${id}" shows the remaining processes`,
  TIMEOUT: (id) => `"healer describe ${id}" shows its state`,
};

/** Returns the failure as one sentence: what failed for which program, why, and one next step. */
export async function explainFailure(thrown: unknown, attempt: Attempt): Promise<HealerError> {
  const error = toHealerError(thrown);
  const message = withSubject(error.message, attempt);
  if ('nearest' in error.data) return error;
  if (message.includes(' — ')) return new HealerError(error.code, message, error.data, { cause: error });
  const step = error.code === 'PROCESS_NOT_FOUND' ? await suggestId(attempt) : NEXT_STEPS[error.code]?.(attempt.id);
  const sentence = step === undefined ? message : `${message} — ${step}`;
  return new HealerError(error.code, sentence, error.data, { cause: error });
}

/** Engine and client already write "cannot …" if they know the operation. */
function withSubject(message: string, { action, id }: Attempt): string {
  return message.startsWith('cannot ') ? message : `cannot ${action} "${id}": ${message}`;
}

async function suggestId({ id, api }: Attempt): Promise<string> {
  const rows = selectable(await listAll(api).catch(() => []));
  const instances = rows.map((row) => row.id).filter((known) => isInstanceOf(known, id));
  if (instances.length > 0) return `its instances are ${listed(instances)}`;
  return fileHint(id) ?? selectItems([id], rows).problems[0]?.hint ?? LIST_ALL;
}

const MAX_LISTED = 5;

function listed(ids: readonly string[]): string {
  const rest = ids.length - MAX_LISTED;
  return ids.slice(0, MAX_LISTED).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}
