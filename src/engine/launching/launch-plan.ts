import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { readEnvFiles } from './env-file.ts';
import { type Credentials, resolveCredentials } from '../os/credentials.ts';
import type { DesktopSession } from '../os/desktop-session.ts';
import { planPreparation, type Preparation } from '../os/preparation.ts';
import { type Binaries, resolveBinary } from '../os/resolve-binary.ts';
import { ID_VARIABLE, MARK_VARIABLE } from '../os/run-mark.ts';
import { type Environment, type FindSession, sessionOf } from './program-session.ts';

/** What a spec comes to on this machine; kept for the next start, since it is needed on every respawn. */
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

/** What a plan is made from besides the spec. */
export interface LaunchSurroundings {
  readonly env: Environment;
  readonly cwd: string;
  readonly binaries: Binaries;
  readonly findSession: FindSession;
}

/** @throws HealerError SPAWN_FAILED when the spec asks for what this machine does not have or does not allow. */
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
    return { ...base, file: '/bin/sh', argv: ['sh', '-c', script, 'sh', ...spec.args] };
  }
  const file = resolveBinary(spec.command, cwd, env['PATH'], binaries);
  return { ...base, file, argv: [spec.command, ...spec.args] };
}

/** Whether another start would come to the same: it reads no files, and executables and desktop are where they were. */
export function isCurrent(plan: LaunchPlan, surroundings: LaunchSurroundings): boolean {
  const { spec, credentials, binaries } = plan;
  if (spec.envFile.length > 0 || binaries !== surroundings.binaries) return false;
  return sessionOf(spec, credentials, surroundings).found === plan.session;
}

/** Later ones win: the engine's, the user's, the desktop's, the env files', the spec's own, healer's. */
function environmentOf(
  spec: ProcessSpec,
  cwd: string,
  credentials: Credentials | null,
  surroundings: LaunchSurroundings,
): { readonly env: Record<string, string>; readonly session: DesktopSession | null } {
  const { found, dropped } = sessionOf(spec, credentials, surroundings);
  const inherited = spec.inheritEnv ? withoutOwn(surroundings.env) : {};
  for (const name of dropped) Reflect.deleteProperty(inherited, name);
  const base = { ...inherited, ...identityOf(credentials), ...found };
  const files = spec.envFile.length === 0 ? {} : readEnvFiles(spec.envFile, cwd, base);
  return { env: { ...base, ...files, ...spec.env, [ID_VARIABLE]: spec.id }, session: found };
}

/** What a login sets for its user. */
function identityOf(credentials: Credentials | null): Record<string, string> {
  const entry = credentials?.entry ?? null;
  if (entry === null) return {};
  return { HOME: entry.home, USER: entry.name, LOGNAME: entry.name, SHELL: entry.shell };
}

/** By which the engine is told its secrets: no program's business. */
const SECRET_VARIABLE = /^HEALER_(SMTP|WEBHOOK)_/;

/** An engine may itself run under another one. */
function withoutOwn(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && pair[0] !== MARK_VARIABLE && !SECRET_VARIABLE.test(pair[0]),
  );
  return Object.fromEntries(kept);
}
