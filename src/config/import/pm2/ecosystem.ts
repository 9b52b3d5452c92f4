import { availableParallelism } from 'node:os';
import { HealerError } from '../../../protocol/errors.ts';
import { folderOf } from '../draft/folder-of.ts';
import type { Imported, ImportNote } from '../draft/imported.ts';
import { finishDrafts } from '../draft/finish-drafts.ts';
import { convertApp } from './app.ts';
import { fromDump, isDumped } from './dump.ts';
import type { App, AppContext } from './ecosystem-app.ts';

interface EcosystemOptions {
  /** Selects the `env_<name>` that overrides `env`; null for none. */
  readonly envName: string | null;
}

/**
 * Converts the exported value of a PM2 ecosystem file: an app, a list of apps, or an object with `apps`.
 * @throws HealerError INVALID_CONFIG when the value contains no apps
 */
export function importEcosystem(config: unknown, file: string, { envName }: EcosystemOptions): Imported {
  const { apps, place, rest } = findApps(config, file);
  const notes = Object.keys(rest).map((key) => noteOfTopLevel(key, file));
  const drafts = joinInstances(apps).flatMap(({ app, index, isDump }) => {
    const appPlace = `${file}: ${place(index)}`;
    if (!isObject(app)) {
      notes.push({ weight: 'loss', place: appPlace, message: 'not an app: an object is expected' });
      return [];
    }
    const context: AppContext = {
      place: appPlace,
      folder: folderOf(file),
      envName,
      isDump,
      processors: availableParallelism(),
      environment: process.env,
    };
    return convertApp(app, context).map((draft) => ({ draft, place: appPlace, isLiteral: true }));
  });
  return finishDrafts(drafts, notes);
}

interface FoundApp {
  readonly app: unknown;
  readonly index: number;
  readonly isDump: boolean;
}

/** A dump has one entry for each process. Entries that differ only in their number are instances of one app. */
function joinInstances(apps: readonly unknown[]): readonly FoundApp[] {
  const counts = new Map<string, number>();
  const found = apps.map((app, index) => {
    if (!isObject(app) || !isDumped(app)) return { app, index, own: null, key: '' };
    const own: Record<string, unknown> = { ...fromDump(app, process.env) };
    delete own['instances'];
    const key = JSON.stringify(own);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return { app, index, own, key };
  });
  return found.flatMap(({ app, index, own, key }): FoundApp[] => {
    if (own === null) return [{ app, index, isDump: false }];
    const count = counts.get(key) ?? 0;
    counts.delete(key);
    return count === 0 ? [] : [{ app: { ...own, ...(count > 1 && { instances: count }) }, index, isDump: true }];
  });
}

interface FoundApps {
  readonly apps: readonly unknown[];
  readonly place: (index: number) => string;
  readonly rest: object;
}

function findApps(config: unknown, file: string): FoundApps {
  if (Array.isArray(config)) return { apps: config as unknown[], place: (index) => `[${index}]`, rest: {} };
  if (isObject(config)) {
    const { apps, pm2, ...rest } = config;
    const found = apps ?? pm2;
    const name = apps === undefined ? 'pm2' : 'apps';
    if (Array.isArray(found)) return { apps: found as unknown[], place: (index) => `${name}[${index}]`, rest };
    if (isObject(found) && 'apps' in found) return findApps(found, file);
    if (isObject(found)) return { apps: [found], place: () => name, rest };
    if ('script' in config || 'cmd' in config || 'command' in config) {
      return { apps: [config], place: () => 'the app', rest: {} };
    }
  }
  throw new HealerError('INVALID_CONFIG', `"${file}" contains no apps: it has to export a list "apps"`, { file });
}

function noteOfTopLevel(key: string, file: string): ImportNote {
  const message =
    key === 'deploy'
      ? 'deployment has no equivalent: use your own scripts, then "healer restart"'
      : 'no equivalent in healer';
  return { weight: 'minor', place: `${file}: ${key}`, message };
}

function isObject(value: unknown): value is App {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
