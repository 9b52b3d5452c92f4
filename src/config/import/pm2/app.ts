import { resolve } from 'node:path';
import { ProgramDraft } from '../draft/program-draft.ts';
import { APP_FIELDS } from './app-fields.ts';
import { canonicalKey } from './app-keys.ts';
import { convertEnvironment, isNamedEnvironment } from './app-environment.ts';
import { convertInstances } from './app-instances.ts';
import { convertReadiness } from './app-readiness.ts';
import { convertRestart } from './app-restart.ts';
import { convertScript } from './app-script.ts';
import type { App, AppContext } from './ecosystem-app.ts';
import { textOf } from '../draft/text-of.ts';

/** Converts one app; to several drafts when its instances differ in their environment. */
export function convertApp(written: App, context: AppContext): readonly ProgramDraft[] {
  const app: App = Object.fromEntries(Object.entries(written).map(([key, value]) => [canonicalKey(key), value]));
  const cwd = typeof app['cwd'] === 'string' ? resolve(context.folder, app['cwd']) : context.folder;
  const draft = new ProgramDraft(nameOf(app));
  draft.set({ ...convertScript(app, { cwd, isPath: context.isDump, place: context.place }, draft), cwd });
  convertEnvironment(app, context, draft);
  if (context.isDump && draft.spec.env !== undefined) draft.note('minor', `${context.place}.env`, OF_A_SHELL);
  unbufferPython(draft);
  convertRestart(app, context.place, draft);
  convertReadiness(app, context.place, draft);
  // PM2 stops programs with SIGINT, so that is the signal that they handle. It signals the whole tree at once, and waits 1.6 s.
  draft.extend('stop', { signal: 'SIGINT', target: 'tree', gracefulTimeoutMs: KILL_TIMEOUT_MS });
  for (const [key, value] of Object.entries(written)) {
    const name = canonicalKey(key);
    if (isNamedEnvironment(name) || (OF_WATCH.has(name) && !isOn(app['watch']))) continue;
    const convert = Object.hasOwn(APP_FIELDS, name) ? APP_FIELDS[name] : undefined;
    if (convert === undefined) draft.lose(`${context.place}.${key}`, 'not a documented field of PM2; it was left out');
    else convert(value, { draft, place: `${context.place}.${key}` });
  }
  return convertInstances(app, context, draft);
}

const OF_A_SHELL =
  'PM2 saved the variables of the shell that started the app; remove those that it does not need, and look for secrets';

/** PM2's default for `kill_timeout`. */
const KILL_TIMEOUT_MS = 1600;

/** Fields that have no effect unless `watch` is on. */
const OF_WATCH = new Set(['ignore_watch', 'watch_delay', 'watch_options']);

function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && textOf(value) !== 'false';
}

/** As in PM2: otherwise output is delayed until Python's buffer is full. */
function unbufferPython(draft: ProgramDraft): void {
  if (!/(?:^|\/)python[\d.]*$/.test(draft.spec.command)) return;
  draft.set({ env: { ...draft.spec.env, PYTHONUNBUFFERED: '1' } });
}

function nameOf({ name, script }: App): string {
  if (typeof name === 'string' || typeof name === 'number') return String(name);
  const file = typeof script === 'string' ? (script.split('/').findLast((part) => part !== '') ?? '') : '';
  return file.replace(/(?<=.)\.[^.]*$/, '');
}
