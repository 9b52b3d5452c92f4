import type { ProgramDraft } from '../draft/program-draft.ts';
import type { App, AppContext } from './ecosystem-app.ts';
import { textOf } from '../draft/text-of.ts';

/** Returns whether a key is `env_<name>`. `env_file` does not count: PM2 has no environment of this name. */
export function isNamedEnvironment(key: string): boolean {
  return /^env_\S/.test(key) && key !== 'env_file';
}

/** Combines `env` with the selected `env_<name>`, and notes those that were not selected. */
export function convertEnvironment(app: App, { place, envName, environment }: AppContext, draft: ProgramDraft): void {
  const written = readVariables(app['env'], `${place}.env`, draft);
  const env = withoutInherited(written, environment);
  if (Object.keys(env).length < Object.keys(written).length) {
    draft.lose(
      `${place}.env`,
      "contains all of process.env; programs inherit the engine's environment, so only other variables were imported",
    );
  }
  for (const key of Object.keys(app).filter(isNamedEnvironment)) {
    const name = key.slice('env_'.length);
    if (name === envName) Object.assign(env, readVariables(app[key], `${place}.${key}`, draft));
    else draft.lose(`${place}.${key}`, `was not imported; use "healer import --env ${name}" to import it`);
  }
  if (envName !== null && app[`env_${envName}`] === undefined) {
    draft.remark(place, `has no env_${envName}; only env was imported`);
  }
  if (Object.keys(env).length > 0) draft.set({ env });
}

/** Drops inherited variables: `...process.env` would write the whole environment of the import, including secrets. */
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
    draft.lose(place, 'was left out: not an object of variables');
    return {};
  }
  const variables: Record<string, string> = {};
  for (const [name, content] of Object.entries(value)) {
    if (content === null) draft.lose(`${place}.${name}`, 'was left out: it has no value');
    else variables[name] = textOf(content);
  }
  return variables;
}
