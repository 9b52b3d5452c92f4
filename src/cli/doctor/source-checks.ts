import { join } from 'node:path';
import { readAlerts } from '../../config/alerts/read-alerts.ts';
import { combineFiles } from '../../config/sources/combine-sources.ts';
import { type ConfigProblem, formatProblem } from '../../config/reading/config-problem.ts';
import { readRegistry } from '../../config/registry/registry-reading.ts';
import { filesOfUp } from '../definitions/source-files.ts';
import { whitelistWarnings } from '../definitions/whitelist.ts';
import type { Machine } from './machine.ts';
import { error, ok, type Verdict, warning } from './diagnosis.ts';

/** Reads the files in the same way as "healer config check". */
export async function checkSourceFiles({ paths, env }: Machine): Promise<Verdict> {
  const ups = await filesOfUp(paths);
  if (ups.length === 0) return ok('no healer.yaml or process_list.txt in the current folder or the config folder');
  const { specs, problems } = await combineFiles(ups, env);
  return judge(
    problems,
    `${ups.flat().join(', ')}: ${specs.length} programs`,
    'run "healer config check" to list all problems',
  );
}

export function checkRegistry({ paths, unsafe }: Machine): Verdict {
  const exposed = unsafe(paths.registryFile);
  if (exposed !== null) return error(exposed.message, exposed.hint);
  const { definitions, problems } = readRegistry(paths.registryFile);
  return judge(
    problems,
    `"${paths.registryFile}": ${definitions.length} programs`,
    'correct the file, or move it away',
  );
}

/** Checks that each pattern has the effect that it seems to have, and names programs that allow everything. */
export function checkWhitelist({ paths, env }: Machine): Verdict {
  const { content } = readRegistry(paths.registryFile);
  const warnings = whitelistWarnings(content.settings, env['PATH']);
  if (warnings.length === 0) return ok('no pattern is ignored, and none allows every command');
  return warning(warnings.join('; '), 'list exact paths in the setting "executable-whitelist" ("healer config set")');
}

function judge(problems: readonly ConfigProblem[], summary: string, fix: string): Verdict {
  const first = problems.find(({ severity }) => severity === 'error');
  return first === undefined ? ok(summary) : error(formatProblem(first), fix);
}

/** Reads the files that configure alerts in the same way as the engine. */
export function checkAlertSettings({ paths, env, unsafe }: Machine): Verdict {
  for (const name of ['email_config.txt', 'alerts_config.txt']) {
    const exposed = unsafe(join(paths.configDir, name));
    if (exposed !== null) return error(exposed.message, exposed.hint);
  }
  const { settings, problems } = readAlerts(paths.configDir, env);
  const channels = Object.entries(settings?.channels ?? {}).flatMap(([name, channel]) =>
    channel === null ? [] : [name],
  );
  const summary = channels.length === 0 ? 'no channel is configured' : `configured: ${channels.join(', ')}`;
  const [first] = problems;
  const isHarmless = first !== undefined && problems.every(({ severity }) => severity === 'warning');
  if (isHarmless) return warning(formatProblem(first), first.hint);
  return judge(problems, summary, 'fix the setting; then run "healer test-email"');
}

/** Checks that the file exists and who can read it, because it contains a password. */
export function checkMailConfiguration({ paths, stat }: Machine): Verdict {
  const file = join(paths.configDir, 'email_config.txt');
  const facts = stat(file);
  if (facts === null) return ok('not configured: no mail is sent');
  if ((facts.mode & 0o077) !== 0)
    return warning(`other users can read the password in "${file}"`, `chmod 600 "${file}"`);
  return ok(`"${file}"; test it with "healer test-email"`);
}

/** A user unit is stopped when the user's last session ends, unless lingering is enabled. */
export function checkLingering({ env, userName, uid, stat, paths }: Machine): Verdict {
  const configHome = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/', '.config');
  const name = paths.instance === 'default' ? 'healer.service' : `healer-${paths.instance}.service`;
  const hasSystemd = stat('/run/systemd/system') !== null;
  if (!hasSystemd) return ok('systemd is not running');
  if (uid === 0 || stat(join('/etc/systemd/system', name)) !== null)
    return ok('not needed: the engine does not depend on a login session');
  if (stat(join('/var/lib/systemd/linger', userName)) !== null) return ok(`lingering is enabled for ${userName}`);
  const unit = stat(join(configHome, 'systemd/user', name)) === null ? 'the engine' : 'the user unit';
  return warning(
    `${unit} may be stopped when the last session of ${userName} ends`,
    `loginctl enable-linger ${userName}`,
  );
}
