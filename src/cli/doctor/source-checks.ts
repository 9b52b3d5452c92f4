import { join } from 'node:path';
import { combineFiles } from '../../config/sources/combine-sources.ts';
import { type ConfigProblem, formatProblem } from '../../config/reading/config-problem.ts';
import { readRegistry } from '../../config/registry/registry-reading.ts';
import { resolveSourceFiles } from '../definitions/source-files.ts';
import type { Machine } from './machine.ts';
import { error, ok, type Verdict, warning } from './finding.ts';

/** As "healer config check" reads them. */
export async function checkSourceFiles({ paths, env }: Machine): Promise<Verdict> {
  const files = await resolveSourceFiles(undefined, paths.configDir);
  if (files.length === 0) return ok('neither a healer.yaml nor a process_list.txt here or in the config folder');
  const { specs, problems } = await combineFiles(files, env);
  return judge(problems, `${files.join(', ')}: ${specs.length} programs`, '"healer config check" tells all problems');
}

export function checkRegistry({ paths }: Machine): Verdict {
  const { definitions, problems } = readRegistry(paths.registryFile);
  return judge(problems, `"${paths.registryFile}": ${definitions.length} programs`, 'mend it, or move it away');
}

function judge(problems: readonly ConfigProblem[], wellSaid: string, fix: string): Verdict {
  const first = problems.find(({ severity }) => severity === 'error');
  return first === undefined ? ok(wellSaid) : error(formatProblem(first), fix);
}

/** Only whether it is there and who may read it: it holds a password. */
export function checkMailConfiguration({ paths, stat }: Machine): Verdict {
  const file = join(paths.configDir, 'email_config.txt');
  const facts = stat(file);
  if (facts === null) return ok('not configured: nothing is mailed');
  if ((facts.mode & 0o077) !== 0) return warning(`others may read the password in "${file}"`, `chmod 600 "${file}"`);
  return ok(`"${file}"; "healer test-email" sends a mail`);
}

/** A unit of a user ends with the user's last session unless it lingers. */
export function checkLingering({ env, userName, uid, stat, paths }: Machine): Verdict {
  const configHome = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/', '.config');
  const name = paths.instance === 'default' ? 'healer.service' : `healer-${paths.instance}.service`;
  const hasSystemd = stat('/run/systemd/system') !== null;
  if (!hasSystemd) return ok('no systemd here');
  if (uid === 0 || stat(join('/etc/systemd/system', name)) !== null) return ok('nothing ends with a session');
  if (stat(join('/var/lib/systemd/linger', userName)) !== null) return ok(`${userName} lingers`);
  const unit = stat(join(configHome, 'systemd/user', name)) === null ? 'the engine' : 'the unit of the user';
  return warning(`${unit} may end with the last session of ${userName}`, `loginctl enable-linger ${userName}`);
}
