import { splitWords } from '../../base/split-words.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { ALL_EVENT_KINDS, type EventKind } from '../../protocol/event-kinds.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import { quoteWord } from '../style/quote-word.ts';
import {
  choiceField,
  durationOf,
  fields,
  type FieldValue,
  numberField,
  problem,
  readDuration,
  readNumber,
  value,
  YES_NO,
} from './form-field.ts';

type Cooldown = NonNullable<Exclude<DefinitionChanges['restart'], string | undefined>['cooldown']>;
type Anomaly = NonNullable<DefinitionChanges['anomaly']>;
type Health = Partial<NonNullable<DefinitionChanges['health']>>;

const ACTIONS = ['log', 'restart', 'kill', 'off'] as const;

/** Fields about what happens when something goes wrong: retries, cooldown, health checks, anomalies and alerts. */
export const FAULT_FIELDS = fields([
  {
    key: 'attempts',
    label: 'Attempts',
    hint: 'consecutive failures after which healer gives up; empty never gives up',
    initial: '',
    paths: ['restart.maxAttempts'],
    read: ({ restart }) => readNumber(restart.maxAttempts),
    write: (text) =>
      numberField(
        text,
        'count',
        (maxAttempts) => ({ restart: { maxAttempts } }),
        'of failures, or empty to never give up',
      ),
  },
  {
    key: 'backoff',
    label: 'Backoff',
    hint: 'delays before the first, second, ... restart, separated by spaces; the last one repeats: 0s 1s 5s',
    initial: '0ms 1s 2s 5s',
    paths: ['restart.backoffMs'],
    read: ({ restart }) => restart.backoffMs.map(readDuration).join(' '),
    write: (text) => value({ restart: { backoffMs: wordsOf(text).map(durationOf) } }),
  },
  {
    key: 'cooldownRestarts',
    label: 'Cooldown after',
    hint: 'the number of restarts within the window that starts a cooldown',
    unit: 'restarts',
    initial: '5',
    paths: ['restart.cooldown.restarts'],
    read: ({ restart }) => String(restart.cooldown.restarts),
    write: (text) => countField(text, 'count', (restarts) => cooldown({ restarts })),
  },
  {
    key: 'cooldownWindow',
    label: 'Cooldown window',
    hint: 'the time in which restarts are counted, such as 60s',
    initial: '1m',
    paths: ['restart.cooldown.windowMs'],
    read: ({ restart }) => readDuration(restart.cooldown.windowMs),
    write: (text) => value(cooldown({ windowMs: durationOf(text) })),
  },
  {
    key: 'cooldownDuration',
    label: 'Cooldown length',
    hint: 'the duration of a cooldown, such as 2m',
    initial: '2m',
    paths: ['restart.cooldown.durationMs'],
    read: ({ restart }) => readDuration(restart.cooldown.durationMs),
    write: (text) => value(cooldown({ durationMs: durationOf(text) })),
  },
  {
    key: 'health',
    label: 'Health check',
    hint: 'a URL, tcp PORT, tcp HOST:PORT, or exec COMMAND; empty for none',
    initial: '',
    paths: ['health', 'health.check'],
    read: readHealth,
    write: writeHealth,
  },
  {
    key: 'healthEnabled',
    label: 'Checks enabled',
    hint: 'no keeps the definition of the health check without running it',
    choices: YES_NO,
    initial: 'yes',
    paths: ['health.enabled'],
    read: ({ health }) => (health?.enabled === false ? 'no' : 'yes'),
    write: (text) => choiceField(YES_NO, text, (choice) => checks({ enabled: choice === 'yes' })),
  },
  {
    key: 'healthInterval',
    label: 'Check interval',
    hint: 'the time between two health checks, such as 3s',
    initial: '3s',
    paths: ['health.intervalMs'],
    read: ({ health }) => readDuration(health?.intervalMs ?? 3000),
    write: (text) => value(checks({ intervalMs: durationOf(text) })),
  },
  {
    key: 'healthTimeout',
    label: 'Check timeout',
    hint: 'the time after which a health check has failed, such as 2s',
    initial: '2s',
    paths: ['health.timeoutMs'],
    read: ({ health }) => readDuration(health?.timeoutMs ?? 2000),
    write: (text) => value(checks({ timeoutMs: durationOf(text) })),
  },
  {
    key: 'healthFailures',
    label: 'Failed checks',
    hint: 'failed checks before the program is unhealthy: 2, or 3 of 5 for those among the last ones',
    initial: '2',
    paths: ['health.failures', 'health.consecutiveFailuresRequired'],
    read: ({ health }) => health?.failures ?? String(health?.consecutiveFailuresRequired ?? 2),
    write: writeFailures,
  },
  anomalyField('leak', 'Memory leak'),
  {
    key: 'leakGrowth',
    label: 'Leak from',
    hint: 'growth of memory below which no leak is reported, in MB or with a unit',
    unit: 'MB',
    initial: '20',
    paths: ['anomaly.leak.minGrowthMb'],
    read: ({ anomaly }) => String(anomaly.leak.minGrowthMb),
    write: (text) => countField(text, 'megabytes', (minGrowthMb) => ({ anomaly: { leak: { minGrowthMb } } })),
  },
  anomalyField('spike', 'CPU spike'),
  {
    key: 'spikePercent',
    label: 'Spike from',
    hint: 'CPU usage below which no spike is reported, in percent of one core',
    unit: '% of one core',
    initial: '50',
    paths: ['anomaly.spike.minPercent'],
    read: ({ anomaly }) => String(anomaly.spike.minPercent),
    write: (text) => countField(text, 'percent', (minPercent) => ({ anomaly: { spike: { minPercent } } })),
  },
  anomalyField('forkBomb', 'Fork bomb'),
  {
    key: 'descendants',
    label: 'Fork bomb from',
    hint: 'the number of descendants that makes a fork bomb',
    unit: 'descendants',
    initial: '50',
    paths: ['anomaly.forkBomb.maxDescendants'],
    read: ({ anomaly }) => String(anomaly.forkBomb.maxDescendants),
    write: (text) => countField(text, 'count', (maxDescendants) => ({ anomaly: { forkBomb: { maxDescendants } } })),
  },
  {
    key: 'notify',
    label: 'Alerts',
    hint: 'all, none, or kinds of events separated by spaces, such as crashed failed',
    initial: 'all',
    paths: ['notify'],
    read: ({ notify }) => (typeof notify === 'string' ? notify : notify.join(' ')),
    write: writeNotify,
  },
]);

function anomalyField<const Key extends 'leak' | 'spike' | 'forkBomb'>(key: Key, label: string) {
  return {
    key,
    label,
    hint: 'what happens when it is found: log, restart, kill, or off for no detection',
    choices: ACTIONS,
    initial: key === 'leak' ? 'restart' : key === 'spike' ? 'log' : 'kill',
    paths: [`anomaly.${key}.action`, `anomaly.${key}.enabled`],
    read: ({ anomaly }: ProcessSpec) => (anomaly[key].enabled ? anomaly[key].action : 'off'),
    write: (text: string) =>
      choiceField(ACTIONS, text, (chosen) => {
        const detector: Anomaly['leak'] & Anomaly['spike'] =
          chosen === 'off' ? { enabled: false } : { enabled: true, action: chosen };
        return { anomaly: { [key]: detector } };
      }),
  };
}

function cooldown(changes: Cooldown): DefinitionChanges {
  return { restart: { cooldown: changes } };
}

/** Changes of a health check without the check itself, which the engine adds from the present definition. */
function checks(changes: Health): DefinitionChanges {
  return { health: changes as NonNullable<DefinitionChanges['health']> };
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function countField(
  text: string,
  quantity: Parameters<typeof numberField>[1],
  write: (number: number) => DefinitionChanges,
): FieldValue {
  return text === '' || text === 'none'
    ? problem('must be a number greater than 0')
    : numberField(text, quantity, (number) => write(number ?? 0), 'greater than 0');
}

function readHealth({ health }: ProcessSpec): string {
  const check = health?.check;
  if (check === undefined) return '';
  if (check.type === 'http') return check.url;
  if (check.type === 'tcp') return `tcp ${check.host.includes(':') ? `[${check.host}]` : check.host}:${check.port}`;
  return ['exec', check.command, ...check.args].map(quoteWord).join(' ');
}

const TCP = /^tcp\s+(?:(?<host>\[[^\]]+\]|[^\s:]+):)?(?<port>\d+)$/;

function writeHealth(text: string): FieldValue {
  if (text === '' || text === 'none') return value({ health: null });
  if (/^https?:\/\//.test(text)) return value({ health: { check: { type: 'http', url: text } } });
  const { host = '127.0.0.1', port } = TCP.exec(text)?.groups ?? {};
  if (port !== undefined)
    return value({ health: { check: { type: 'tcp', host: host.replace(/^\[|\]$/g, ''), port: Number(port) } } });
  return text.startsWith('exec ')
    ? writeExec(text)
    : problem('must be a URL such as http://127.0.0.1:8080/health, tcp PORT, exec COMMAND, or empty for no check');
}

function writeExec(text: string): FieldValue {
  const { words, problem: unfinished } = splitWords(text);
  if (unfinished !== null) return problem(`${unfinished.message}: ${unfinished.hint}`);
  const [command, ...args] = words.slice(1).map((word) => word.text);
  return command === undefined
    ? problem('write the command of the check after exec')
    : value({ health: { check: { type: 'exec', command, args } } });
}

function writeFailures(text: string): FieldValue {
  if (/^\d+$/.test(text)) return value(checks({ consecutiveFailuresRequired: Number(text), failures: null }));
  return text === ''
    ? problem('write a number of failed checks, such as 2 or 3 of 5')
    : value(checks({ failures: text }));
}

function writeNotify(text: string): FieldValue {
  if (text === 'all' || text === 'none') return value({ notify: text });
  const words = wordsOf(text);
  const wrong = words.find((word) => !isEventKind(word));
  return wrong === undefined
    ? value({ notify: words.filter(isEventKind) })
    : problem(`"${wrong}" is not a kind of event; healer events lists those that have happened`);
}

function isEventKind(word: string): word is EventKind {
  return ALL_EVENT_KINDS.some((kind) => kind === word);
}
