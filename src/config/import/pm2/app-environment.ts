import type { ProgramDraft } from '../draft/program-draft.ts';
import type { App, AppContext } from './ecosystem-app.ts';
import { textOf } from '../draft/text-of.ts';

/** Lays the chosen `env_<name>` over `env`, and names those that were not chosen. */
export function convertEnvironment(app: App, { place, envName, environment }: AppContext, draft: ProgramDraft): void {
  const written = readVariables(app['env'], `${place}.env`, draft);
  const env = withoutInherited(written, environment);
  if (Object.keys(env).length < Object.keys(written).length) {
    draft.lose(
      `${place}.env`,
      'holds all of process.env; programs inherit that of the engine, so only the rest is written',
    );
  }
  for (const key of Object.keys(app).filter((name) => /^env_\S/.test(name))) {
    const name = key.slice('env_'.length);
    if (name === envName) Object.assign(env, readVariables(app[key], `${place}.${key}`, draft));
    else draft.lose(`${place}.${key}`, `is not taken; "healer import --env ${name}" takes it`);
  }
  if (envName !== null && app[`env_${envName}`] === undefined) {
    draft.remark(place, `has no env_${envName}; only its env is taken`);
  }
  if (Object.keys(env).length > 0) draft.set({ env });
}

/** `...process.env` would write down whatever the shell of the import held, secrets too. */
function withoutInherited(
  env: Readonly<Record<string, string>>,
  environment: AppContext['environment'],
): Record<string, string> {
  const inherited = Object.keys(environment);
  if (inherited.length === 0 || !inherited.every((name) => name in env)) return { ...env };
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => environment[name] !== value));
}

function readVariables(value: unknown, place: string, draft: ProgramDraft): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    draft.lose(place, 'is left out: it is no object of variables');
    return {};
  }
  const variables: Record<string, string> = {};
  for (const [name, content] of Object.entries(value)) {
    if (content === null) draft.lose(`${place}.${name}`, 'is left out: it has no value');
    else variables[name] = textOf(content);
  }
  return variables;
}
