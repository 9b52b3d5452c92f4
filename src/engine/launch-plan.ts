import type { ProcessSpec } from '../protocol/process-spec.ts';
import { resolveBinary } from './os/resolve-binary.ts';
import { ID_VARIABLE, MARK_VARIABLE } from './os/run-mark.ts';

/** What a spec comes to on this machine; made once, since it is needed on every respawn. */
export interface LaunchPlan {
  readonly spec: ProcessSpec;
  readonly file: string;
  readonly argv: readonly string[];
  /** NAME=value, without the mark of the run. */
  readonly env: readonly string[];
  readonly cwd: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws HealerError SPAWN_FAILED when there is no such executable. */
export function planLaunch(spec: ProcessSpec, engineEnv: Environment, engineCwd: string): LaunchPlan {
  const cwd = spec.cwd ?? engineCwd;
  const env = environmentOf(spec, engineEnv);
  const base = { spec, cwd, env: Object.entries(env).map(([name, value]) => `${name}=${value}`) };
  if (spec.shell) {
    const script = spec.args.length === 0 ? spec.command : `${spec.command} "$@"`;
    return { ...base, file: '/bin/sh', argv: ['sh', '-c', script, 'sh', ...spec.args] };
  }
  const file = resolveBinary(spec.command, cwd, env['PATH']);
  return { ...base, file, argv: [spec.command, ...spec.args] };
}

function environmentOf(spec: ProcessSpec, engineEnv: Environment): Record<string, string> {
  const inherited = spec.inheritEnv ? withoutMarks(engineEnv) : {};
  return { ...inherited, ...spec.env, [ID_VARIABLE]: spec.id };
}

/** An engine may itself run under another one. */
function withoutMarks(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[0] !== MARK_VARIABLE,
  );
  return Object.fromEntries(kept);
}
