import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { readEnvFiles } from './env-file.ts';
import { type Credentials, resolveCredentials } from '../os/credentials.ts';
import type { DesktopSession } from '../os/desktop-session.ts';
import { planPreparation, type Preparation } from '../os/preparation.ts';
import { type Binaries, resolveBinary } from '../os/resolve-binary.ts';
import { MARK_VARIABLE } from '../../config/instance/instance-name.ts';
import { ID_VARIABLE } from '../os/run-mark.ts';
import { withoutCallerVariables } from '../../base/caller-variables.ts';
import { type Environment, splitPair } from '../../base/environment.ts';
import { SOFT_LIMIT_VARIABLE } from '../../base/open-files-limit.ts';
import { sessionOf, type SessionSources } from './program-session.ts';

/** How a program is executed on this machine. It is cached, because every respawn needs it. */
export interface LaunchPlan {
  readonly spec: ProcessSpec;
  readonly file: string;
  readonly argv: readonly string[];
  /** NAME=value, without the mark of the run. */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly credentials: Credentials | null;
  readonly preparation: Preparation | null;
  readonly session: DesktopSession | null;
  readonly binaries: Binaries;
}

/** What a plan depends on besides the spec. */
export interface LaunchSurroundings extends SessionSources {
  readonly cwd: string;
  readonly binaries: Binaries;
}

/**
 * Returns how a program is executed.
 * @throws HealerError SPAWN_FAILED if the spec requires something that this machine does not have or does not permit
 */
export function planLaunch(spec: ProcessSpec, surroundings: LaunchSurroundings): LaunchPlan {
  const cwd = spec.cwd ?? surroundings.cwd;
  const credentials = resolveCredentials(spec.user, spec.group);
  const preparation = planPreparation(spec, credentials);
  const { env, session } = environmentOf(spec, cwd, credentials, surroundings);
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { binaries } = surroundings;
  const base = { spec, cwd, env: pairs, credentials, preparation, session, binaries };
  if (spec.shell) {
    const script = spec.args.length === 0 ? spec.command : `${spec.command} "$@"`;
    return { file: '/bin/sh', argv: ['sh', '-c', script, 'sh', ...spec.args], ...base };
  }
  const file = resolveBinary(spec.command, cwd, env['PATH'], binaries);
  return { file, argv: [spec.command, ...spec.args], ...base };
}

const variables = new WeakMap<LaunchPlan, Environment>();

/** Returns the environment of a plan by name. */
export function variablesOf(plan: LaunchPlan): Environment {
  let known = variables.get(plan);
  if (known === undefined) {
    known = Object.fromEntries(plan.env.map(splitPair));
    variables.set(plan, known);
  }
  return known;
}

/** Returns whether a new plan would be the same: no env files to read, the same binaries and the same desktop session. */
export function isCurrent(plan: LaunchPlan, surroundings: LaunchSurroundings): boolean {
  const { spec, credentials, binaries } = plan;
  if (spec.envFile.length > 0 || binaries !== surroundings.binaries) return false;
  return sessionOf(spec, credentials, surroundings).found === plan.session;
}

/** Merges the environments of the engine, the user, the desktop session, the env files, the spec and healer; later ones win. */
function environmentOf(
  spec: ProcessSpec,
  cwd: string,
  credentials: Credentials | null,
  surroundings: LaunchSurroundings,
): { readonly env: Record<string, string>; readonly session: DesktopSession | null } {
  const { found, dropped } = sessionOf(spec, credentials, surroundings);
  const inherited = spec.inheritEnv ? inheritable(surroundings.env, isOtherUser(credentials)) : {};
  for (const name of dropped) Reflect.deleteProperty(inherited, name);
  const base = { ...inherited, ...identityOf(credentials), ...found };
  const files = spec.envFile.length === 0 ? {} : readEnvFiles(spec, cwd, base, credentials);
  return { env: { ...base, ...files, ...spec.env, [ID_VARIABLE]: spec.id }, session: found };
}

/** Returns the variables that a login sets for its user. */
function identityOf(credentials: Credentials | null): Record<string, string> {
  const entry = credentials?.entry ?? null;
  if (entry === null) return {};
  return { HOME: entry.home, USER: entry.name, LOGNAME: entry.name, SHELL: entry.shell };
}

/** Variables that pass secrets to the engine. Programs do not inherit them. */
const SECRET_VARIABLE = /^HEALER_(SMTP|WEBHOOK)_/;

/** Variables between healer's own processes. The run mark is set if the engine itself runs under another engine. */
const OWN_VARIABLES: ReadonlySet<string> = new Set([MARK_VARIABLE, SOFT_LIMIT_VARIABLE]);

/** What programs inherit of an environment, by whether they run as another user. Each start of many programs would examine it again. */
const inherited = new WeakMap<Environment, Map<boolean, Readonly<Record<string, string>>>>();

/**
 * Returns an environment without secrets, healer's own variables and those that describe the caller of the engine.
 * @param env never changes
 */
function inheritable(env: Environment, userChanges: boolean): Record<string, string> {
  const known = inherited.get(env) ?? new Map<boolean, Readonly<Record<string, string>>>();
  inherited.set(env, known);
  let kept = known.get(userChanges);
  if (kept === undefined) {
    const pairs = Object.entries(withoutCallerVariables(env, { userChanges }));
    kept = Object.fromEntries(pairs.filter(([name]) => !OWN_VARIABLES.has(name) && !SECRET_VARIABLE.test(name)));
    known.set(userChanges, kept);
  }
  return { ...kept };
}

/** Returns whether a program runs as another user than the engine. */
export function isOtherUser(credentials: Credentials | null): boolean {
  const uid = credentials?.uid ?? null;
  return uid !== null && uid !== process.geteuid?.();
}
