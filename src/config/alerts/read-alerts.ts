import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import type { Environment } from '../../base/environment.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { ownershipProblem } from '../../base/ownership.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { alertsSchema, type AlertSettings, emailSchema, NO_ALERTS, settingsOf } from './alerts-config.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { type KeyValue, parseKeyValueLines } from './key-value-lines.ts';

/** The settings of alerts, as read from files and environment variables. */
export interface AlertsReading {
  /** Null when the settings contain errors. */
  readonly settings: AlertSettings | null;
  readonly problems: readonly ConfigProblem[];
}

/** Returns the paths of the files that configure alerts. */
export function alertFiles(configDir: string): { readonly email: string; readonly others: string } {
  return { email: join(configDir, 'email_config.txt'), others: join(configDir, 'alerts_config.txt') };
}

/** Environment variables by key, which override the files. The first variable that is set counts. */
const EMAIL_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  enabled: ['HEALER_SMTP_ENABLED'],
  smtp_server: ['HEALER_SMTP_SERVER', 'HEALER_SMTP_HOST'],
  smtp_port: ['HEALER_SMTP_PORT'],
  sender_email: ['HEALER_SMTP_SENDER_EMAIL', 'HEALER_SMTP_SENDER', 'HEALER_SMTP_FROM'],
  sender_password: ['HEALER_SMTP_SENDER_PASSWORD', 'HEALER_SMTP_PASSWORD'],
  smtp_username: ['HEALER_SMTP_USERNAME', 'HEALER_SMTP_USER'],
  receiver_email: ['HEALER_SMTP_RECEIVER_EMAIL', 'HEALER_SMTP_RECEIVER', 'HEALER_SMTP_TO'],
  use_ssl: ['HEALER_SMTP_USE_SSL'],
  ca_file: ['HEALER_SMTP_CA_FILE'],
  rate_limit_seconds: ['HEALER_SMTP_RATE_LIMIT_SECONDS'],
};
const OTHER_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  webhook_url: ['HEALER_WEBHOOK_URL'],
  webhook_secret: ['HEALER_WEBHOOK_SECRET'],
};

/** Reads the settings of alerts. Never throws: invalid or unreadable settings result in problems. */
export function readAlerts(configDir: string, env: Environment): AlertsReading {
  const files = alertFiles(configDir);
  const email = readSettings(files.email, emailSchema, EMAIL_VARIABLES, env);
  const others = readSettings(files.others, alertsSchema, OTHER_VARIABLES, env);
  const problems = [...email.problems, ...others.problems];
  if (problems.some(({ severity }) => severity === 'error')) return { settings: null, problems };
  if (!email.isGiven && !others.isGiven) return { settings: NO_ALERTS, problems };
  return { settings: settingsOf(email.value, others.value ?? alertsSchema.parse({})), problems };
}

interface Read<T> {
  readonly value: T | null;
  readonly problems: readonly ConfigProblem[];
  readonly isGiven: boolean;
}

function readSettings<Schema extends z.ZodObject>(
  file: string,
  schema: Schema,
  variables: Readonly<Record<string, readonly string[]>>,
  env: Environment,
): Read<z.output<Schema>> {
  const { pairs, problems } = readPairs(file);
  const known = Object.keys(schema.shape);
  const unknown = pairs.filter(({ key }) => !known.includes(key));
  const places = new Map<string, Place>();
  for (const pair of pairs) if (known.includes(pair.key)) places.set(pair.key, { ...pair, file });
  for (const place of overrides(variables, env)) places.set(place.key, place);
  const found = [
    ...problems,
    ...unknown.map((pair) => describeUnknown(pair, file, known)),
    ...exposureOf(file, places),
  ];
  if (places.size === 0) return { value: null, problems: found, isGiven: false };
  const raw = Object.fromEntries([...places].map(([key, { value }]) => [key, value]));
  const parsed = schema.safeParse(raw);
  // A channel that is switched off may be incomplete.
  if (!parsed.success && /^(false|no|off|0)$/i.test(raw['enabled'] ?? '')) {
    return { value: null, problems: found.filter(({ severity }) => severity === 'warning'), isGiven: false };
  }
  if (parsed.success) return { value: parsed.data, problems: found, isGiven: true };
  return { value: null, problems: [...found, ...describeIssues(parsed.error, places, file)], isGiven: true };
}

interface Place {
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number | null;
  readonly valueColumn: number | null;
}

function overrides(variables: Readonly<Record<string, readonly string[]>>, env: Environment): Place[] {
  return Object.entries(variables).flatMap(([key, names]) => {
    const name = names.find((candidate) => (env[candidate] ?? '') !== '');
    const value = name === undefined ? undefined : env[name];
    if (name === undefined || value === undefined) return [];
    return [{ key, value, file: `environment variable ${name}`, line: null, valueColumn: null }];
  });
}

function readPairs(file: string): { readonly pairs: readonly KeyValue[]; readonly problems: readonly ConfigProblem[] } {
  const place = { severity: 'error', file, line: null, column: null } as const;
  const unsafe = ownershipProblem(file);
  if (unsafe !== null) {
    const message = `cannot use the alert settings: ${unsafe.message}`;
    return { pairs: [], problems: [{ ...place, message, hint: unsafe.hint }] };
  }
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { pairs: [], problems: [] };
    return {
      pairs: [],
      problems: [{ ...place, message: 'cannot read the alert settings', hint: messageOf(error) }],
    };
  }
  const lines = parseKeyValueLines(content);
  return {
    pairs: lines.filter((line) => 'key' in line),
    problems: lines.filter((line) => 'message' in line).map((line) => ({ severity: 'error', file, ...line })),
  };
}

function describeUnknown({ key, line, keyColumn }: KeyValue, file: string, known: readonly string[]): ConfigProblem {
  const nearest = nearestWord(key, known);
  const hint = nearest === null ? `the keys are ${known.join(', ')}` : `did you mean "${nearest}"?`;
  return { severity: 'warning', file, line, column: keyColumn, message: `unknown alert setting "${key}"`, hint };
}

function describeIssues(error: z.ZodError, places: ReadonlyMap<string, Place>, file: string): ConfigProblem[] {
  return error.issues.map(({ path, message }) => {
    const key = String(path[0]);
    const place = places.get(key);
    if (place === undefined) {
      const missing = { message: `"${key}" is missing`, hint: `add a line "${key} = …"` };
      return { severity: 'error', file, line: null, column: null, ...missing };
    }
    const { line, valueColumn } = place;
    // The message does not quote the value, because a password may have been typed into the wrong line.
    return {
      severity: 'error',
      file: place.file,
      line,
      column: valueColumn,
      message: `invalid ${key}`,
      hint: message,
    };
  });
}

/** Warns when other users can read the secrets in a file. */
function exposureOf(file: string, places: ReadonlyMap<string, Place>): ConfigProblem[] {
  const secrets = ['sender_password', 'webhook_secret', 'webhook_url'];
  const holdsSecret = secrets.some((key) => places.get(key)?.file === file && places.get(key)?.value !== '');
  if (!holdsSecret || ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) === 0) return [];
  const message = 'other users of this machine can read the secrets in this file';
  return [{ severity: 'warning', file, line: null, column: null, message, hint: `run: chmod 600 ${file}` }];
}
