import { flowYaml } from '../src/config/reading/describe-issue.ts';
import { alternatives, type FieldSchema } from '../src/config/reading/field-schema.ts';

/** Examples of fields whose schema has none, and whose type does not suggest one. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  startSeconds: 5,
  'ready.delayMs': '5s',
  'ready.timeoutMs': '2m',
  restart: 'always',
  'restart.backoffMs': [0, '1s', '10s'],
  'restart.resetAfterMs': '10m',
  'restart.jitter': 0.2,
  'restart.indefiniteIntervalMs': '1h',
  'restart.cooldown': { restarts: 10, windowMs: '5m' },
  'restart.cooldown.restarts': 10,
  'restart.cooldown.windowMs': '5m',
  'restart.cooldown.durationMs': '10m',
  stop: { signal: 'SIGINT', gracefulTimeoutMs: '10s' },
  'stop.signal': 'SIGINT',
  'stop.command.command': 'nginx',
  'stop.command.args': ['-s', 'quit'],
  'stop.command.timeoutMs': '10s',
  'stop.gracefulTimeoutMs': '10s',
  'stop.forceTimeoutMs': '10s',
  reload: { signal: 'SIGUSR2' },
  'reload.signal': 'SIGUSR2',
  limits: { cpuPercent: 80, memoryMb: 512 },
  healTimeoutMs: '5s',
  logs: { maxSizeMb: 50, keep: 10 },
  'logs.maxSizeMb': 50,
  'logs.keep': 10,
  anomaly: { leak: { action: 'log' } },
  'anomaly.leak': { action: 'log', minGrowthMb: 100 },
  'anomaly.leak.fastMbPerSecond': 10,
  'anomaly.leak.minGrowthMb': 100,
  'anomaly.leak.restartWindow': '03:00-05:00',
  'anomaly.spike': { action: 'restart' },
  'anomaly.spike.minPercent': 80,
  'anomaly.spike.warmUpSeconds': 60,
  'anomaly.novelty': { enabled: false },
  'anomaly.forkBomb': { maxDescendants: 200 },
  'anomaly.forkBomb.maxDescendants': 200,
  'health.intervalMs': '10s',
  'health.timeoutMs': '5s',
  'health.consecutiveFailuresRequired': 3,
  'health.successesRequired': 2,
  'health.startupCheck': { maxAttempts: 60 },
  'health.startupCheck.initialDelayMs': '10s',
  'health.startupCheck.checkIntervalMs': '2s',
  'health.startupCheck.maxAttempts': 60,
  scheduling: { overlap: 'queue', timeZone: 'Europe/Berlin' },
  'scheduling.jitterMs': '5m',
};

/** What a field needs beside it: a group that is off without it. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  health: { check: { type: 'tcp', port: 8080 } },
  'stop.command': { command: 'nginx' },
};
/** Fields of `ready` that do not say when a program is ready. */
const NOT_READY = new Set(['ready.timeoutMs', 'ready.failAction']);

/**
 * Returns an example of a field as a line of YAML, with the groups around it.
 * @throws Error if there is none: add it to the schema, or to the table above
 */
export function exampleOf(path: string, shape: FieldSchema): string {
  const names = path.split('.');
  const value = names.reduceRight<unknown>(
    (inner, name, index) => {
      const group = names.slice(0, index).join('.');
      const beside = NOT_READY.has(path) && group === 'ready' ? { log: 'listening' } : (BESIDE[group] ?? {});
      return { ...beside, [name]: inner };
    },
    valueOf(path, shape),
  );
  return flowYaml(value).replace(/^\{\s*|\s*\}$/g, '');
}

function valueOf(path: string, shape: FieldSchema): unknown {
  const [example] = [shape, ...alternatives(shape)].flatMap(({ examples = [] }) => examples);
  const known = EXAMPLES[path] ?? example;
  if (known !== undefined) return known;
  const [word] = (shape.enum ?? []).filter((each) => each !== shape.default);
  if (word !== undefined) return word;
  if (shape.type === 'boolean') return shape.default !== true;
  const [child] = alternatives(shape).flatMap(({ properties = {} }) => Object.entries(properties));
  if (child !== undefined) return { [child[0]]: valueOf(`${path}.${child[0]}`, child[1]) };
  if (shape.default !== undefined && shape.default !== null) return shape.default;
  throw new Error(`no example of "${path}"`);
}
