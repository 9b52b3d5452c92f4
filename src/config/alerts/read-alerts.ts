import { join } from 'node:path';
import { linkStatsOf, statsOf } from '../../base/stats-of.ts';
import type * as z from 'zod';
import type { Environment } from '../../base/environment.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { ownershipProblem } from '../../base/ownership.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { alertsSchema, type AlertSettings, emailSchema, settingsOf } from './alerts-config.ts';
import type { ConfigProblem, LineProblem } from '../reading/config-problem.ts';
import { certificateProblems } from './certificate-files.ts';
import { type KeyValue, parseKeyValueLines } from './key-value-lines.ts';

/** What is configured separately: a mistake in one of them leaves the others in effect. */
export type AlertSection = 'email' | 'webhook' | 'desktop' | 'general';

/** The settings of alerts, as read from files and environment variables. */
export interface AlertsReading {
  /** The settings of all sections without errors; null if there are errors, and no channel is configured without one. */
  readonly settings: AlertSettings | null;
  /** The same, also if no channel is configured without an error: the sections without errors count after an edit. */
  readonly valid: AlertSettings;
  /** The sections with errors; `settings` has them switched off, or at their defaults. */
  readonly broken: readonly AlertSection[];
  readonly problems: readonly ConfigProblem[];
}

/** Further lines that are not understood are counted. */
const MAX_LINES = 20;

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
  allow_unencrypted: ['HEALER_SMTP_ALLOW_UNENCRYPTED'],
  rate_limit_seconds: ['HEALER_SMTP_RATE_LIMIT_SECONDS'],
};
const OTHER_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  webhook_url: ['HEALER_WEBHOOK_URL'],
  webhook_secret: ['HEALER_WEBHOOK_SECRET'],
  webhook_format: ['HEALER_WEBHOOK_FORMAT'],
  webhook_ca_file: ['HEALER_WEBHOOK_CA_FILE'],
  rate_limit_seconds: ['HEALER_ALERTS_RATE_LIMIT_SECONDS'],
  recovered: ['HEALER_ALERTS_RECOVERED'],
  quiet_hours: ['HEALER_ALERTS_QUIET_HOURS'],
};

/** The keys of each section of `alerts_config.txt`. */
const WEBHOOK = alertsSchema.pick({
  webhook_url: true,
  webhook_secret: true,
  webhook_format: true,
  webhook_timeout_seconds: true,
  webhook_ca_file: true,
});
const DESKTOP = alertsSchema.pick({ desktop: true, desktop_urgency: true, desktop_user: true });
const GENERAL = alertsSchema.pick({ rate_limit_seconds: true, recovered: true, quiet_hours: true });
const MAIL_RATE = GENERAL.pick({ rate_limit_seconds: true });

/** Reads the settings of alerts. Never throws: invalid or unreadable settings result in problems. */
export function readAlerts(configDir: string, env: Environment): AlertsReading {
  const files = alertFiles(configDir);
  const mailFile = readPlaces(files.email, Object.keys(emailSchema.shape), EMAIL_VARIABLES, env);
  const otherFile = readPlaces(files.others, Object.keys(alertsSchema.shape), OTHER_VARIABLES, env);
  const email = readMail(mailFile);
  // The rate limit counts without mail too.
  const mailRate = email.value === null && !email.isBroken ? readSection(mailFile, MAIL_RATE) : NOTHING;
  const webhook = readSection(otherFile, WEBHOOK);
  const desktop = readSection(otherFile, DESKTOP);
  const general = readSection(otherFile, GENERAL);
  const sections = { email, webhook, desktop, general: mailRate.isBroken ? mailRate : general };
  const broken = SECTIONS.filter((name) => sections[name].isBroken);
  const found = [mailFile, otherFile, email, mailRate, webhook, desktop, general].flatMap((part) => part.problems);
  const values = { ...mailRate.value, ...webhook.value, ...desktop.value, ...general.value };
  const settings = settingsOf(email.value, { ...alertsSchema.parse({}), ...values });
  const isUseless = broken.length > 0 && Object.values(settings.channels).every((channel) => channel === null);
  // The file may appear later, so it does not switch its channel off.
  const places = [mailFile.places.get('ca_file'), otherFile.places.get('webhook_ca_file')];
  const problems = [...found, ...certificateProblems(settings.channels, places)];
  return { settings: isUseless ? null : settings, valid: settings, broken, problems };
}

/** Returns the settings to apply: sections with errors keep their previous settings. Null if none are known. */
export function settingsAfterEdit(
  { settings, valid, broken }: AlertsReading,
  previous: AlertSettings | null,
): AlertSettings | null {
  if (previous === null || broken.length === 0) return settings;
  const { channels, ...general } = valid;
  const isKept = (section: AlertSection): boolean => broken.includes(section);
  const { channels: previousChannels, ...previousGeneral } = previous;
  return {
    ...(isKept('general') ? previousGeneral : general),
    channels: {
      email: isKept('email') ? previousChannels.email : channels.email,
      webhook: isKept('webhook') ? previousChannels.webhook : channels.webhook,
      desktop: isKept('desktop') ? previousChannels.desktop : channels.desktop,
    },
  };
}

const SECTIONS = ['email', 'webhook', 'desktop', 'general'] as const satisfies readonly AlertSection[];

/** The values in a file and the variables that override them. */
interface Places {
  readonly file: string;
  readonly places: ReadonlyMap<string, Place>;
  /** Whether a line, or the whole file, could not be read: it may contain any setting. */
  readonly isUnclear: boolean;
  readonly problems: readonly ConfigProblem[];
}

function readPlaces(
  file: string,
  known: readonly string[],
  variables: Readonly<Record<string, readonly string[]>>,
  env: Environment,
): Places {
  const { pairs, problems } = readPairs(file);
  const unknown = pairs.filter(({ key }) => !known.includes(key));
  const places = new Map<string, Place>();
  for (const pair of pairs) if (known.includes(pair.key)) places.set(pair.key, { ...pair, file });
  for (const place of overrides(variables, env)) places.set(place.key, place);
  // A channel that is switched off may be incomplete.
  const found = isOff(places) ? [] : problems;
  const warnings = [
    ...unknown.map((pair) => describeUnknown(pair, file, known)),
    ...describeRepeated(pairs, file),
    ...exposureOf(file, places),
  ];
  return { file, places, isUnclear: found.length > 0, problems: [...found, ...warnings] };
}

interface Section<T> {
  /** Null if there are no settings, or errors in them. */
  readonly value: T | null;
  readonly isBroken: boolean;
  readonly problems: readonly ConfigProblem[];
}

const NOTHING = { value: null, isBroken: false, problems: [] } as const;

function readMail(mailFile: Places): Section<z.output<typeof emailSchema>> {
  const { places, isUnclear } = mailFile;
  const isConfigured = [...places.keys()].some((key) => key !== 'rate_limit_seconds');
  if (!isConfigured) return { ...NOTHING, isBroken: isUnclear };
  const section = readSection(mailFile, emailSchema);
  // A channel that is switched off may be incomplete.
  if (section.isBroken && isOff(places)) return NOTHING;
  // A line that is not understood may be an important one.
  return isUnclear ? { ...section, value: null, isBroken: true } : section;
}

function isOff(places: ReadonlyMap<string, Place>): boolean {
  return /^(false|no|off|0)$/i.test(places.get('enabled')?.value ?? '');
}

function readSection<Schema extends z.ZodObject>(
  { file, places, isUnclear }: Places,
  schema: Schema,
): Section<z.output<Schema>> {
  const own = [...places].filter(([key]) => key in schema.shape);
  if (own.length === 0) return { ...NOTHING, isBroken: isUnclear };
  const parsed = schema.safeParse(Object.fromEntries(own.map(([key, { value }]) => [key, value])));
  if (parsed.success) return { ...NOTHING, value: parsed.data };
  return { value: null, isBroken: true, problems: describeIssues(parsed.error, places, file) };
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
    content = readRegularFile(file).content.toString('utf8');
  } catch (error) {
    const code = codeOf(error);
    const isLink = linkStatsOf(file)?.isSymbolicLink() === true;
    if ((code === 'ENOENT' || code === 'ENOTDIR') && !isLink) return { pairs: [], problems: [] };
    return {
      pairs: [],
      problems: [{ ...place, message: 'cannot read the alert settings', hint: messageOf(error) }],
    };
  }
  const lines = parseKeyValueLines(content).map((line) => ('key' in line ? checkEncoding(line) : line));
  const wrong = lines.filter((line) => 'message' in line);
  const shown = wrong.slice(0, MAX_LINES).map((line): ConfigProblem => ({ severity: 'error', file, ...line }));
  const message = `${String(wrong.length - shown.length)} more lines are not "key = value"`;
  const more: ConfigProblem = { ...place, message, hint: 'check whether this is the right file' };
  return {
    pairs: lines.filter((line) => 'key' in line),
    problems: wrong.length > shown.length ? [...shown, more] : shown,
  };
}

/** A value in another encoding would be a different password. */
function checkEncoding(line: KeyValue): KeyValue | (LineProblem & { readonly line: number }) {
  if (!line.value.includes('\uFFFD')) return line;
  const hint = 'save the file in UTF-8';
  return { line: line.line, column: line.valueColumn, message: `the value of "${line.key}" is not UTF-8`, hint };
}

/** Warns about keys that are set again: the last value counts. */
function describeRepeated(pairs: readonly KeyValue[], file: string): ConfigProblem[] {
  const firstLines = new Map<string, number>();
  return pairs.flatMap(({ key, line, keyColumn }) => {
    const first = firstLines.get(key);
    firstLines.set(key, first ?? line);
    if (first === undefined) return [];
    const message = `"${key}" is already set in line ${String(first)}; this value takes precedence`;
    return [{ severity: 'warning', file, line, column: keyColumn, message, hint: 'remove one of the lines' } as const];
  });
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
  if (!holdsSecret || ((statsOf(file)?.mode ?? 0) & 0o077) === 0) return [];
  const message = 'other users of this machine can read the secrets in this file';
  return [{ severity: 'warning', file, line: null, column: null, message, hint: `run: chmod 600 ${file}` }];
}
