import { messageOf } from '../../base/thrown.ts';
import type { ComparedFile } from '../boot/installed-file.ts';
import { ok, type Verdict, warning } from './diagnosis.ts';
import type { Machine } from './machine.ts';

const SHOWN_LINES = 3;

/** Compares the installed service files with what "healer startup" would write now. */
export function checkBoot({ bootFiles, paths }: Machine): Verdict {
  let files: readonly ComparedFile[];
  try {
    files = bootFiles();
  } catch (error) {
    return warning(
      `the service file cannot be compared: ${messageOf(error)}`,
      'run "healer startup" to see what it needs',
    );
  }
  if (files.length === 0) return ok('the engine is not started at boot; see "healer startup"');
  const outdated = files.find(({ differences }) => differences.length > 0);
  if (outdated === undefined) return ok(files.map(describe).join('; '));
  const { path, initSystem, scope, reload } = outdated;
  const instance = paths.instance === 'default' ? '' : ` --instance ${paths.instance}`;
  const option = initSystem === 'openrc' ? '' : ` --${scope}`;
  const command = `healer startup ${initSystem}${option} --write${instance}`;
  return warning(
    `"${path}" differs from what healer would write now: ${differencesIn(outdated)}`,
    [command, ...(reload === null ? [] : [reload])].join(' && '),
  );
}

function differencesIn({ differences }: ComparedFile): string {
  const shown = differences.slice(0, SHOWN_LINES).map(([installed, wanted]) => {
    if (installed === '') return `${wanted} is missing`;
    return wanted === '' ? `${installed} would be removed` : `${installed} would become ${wanted}`;
  });
  const omitted = differences.length - shown.length;
  return [...shown, ...(omitted > 0 ? [`and ${String(omitted)} more ${omitted === 1 ? 'line' : 'lines'}`] : [])].join(
    '; ',
  );
}

function describe({ path, isOwn, otherUser }: ComparedFile): string {
  if (!isOwn) return `"${path}" was not written by healer, so it is not compared`;
  if (otherUser !== null) return `"${path}" starts the engine of ${otherUser}`;
  return `"${path}" is up to date`;
}
