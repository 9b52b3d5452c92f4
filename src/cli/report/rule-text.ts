import { formatDuration } from '../../base/duration.ts';
import { type EventKind, meaningOf } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** Returns the rule that made an event a fault, with the values of the program's definition; null if it has none. */
export function ruleText(kind: EventKind, spec: ProcessSpec): string | null {
  const { rule } = meaningOf(kind);
  return rule?.replaceAll(/\{([\w.]+)\}/g, (_, path: string) => valueText(path, fieldAt(spec, path))) ?? null;
}

function fieldAt(spec: ProcessSpec, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), spec);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function valueText(path: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'number') return path.endsWith('Ms') ? formatDuration(value) : String(value);
  // The definition may have changed since the event.
  return typeof value === 'string' ? value : '(no longer set)';
}
