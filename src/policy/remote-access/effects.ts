import { HTTP_ROUTES } from '../../protocol/methods/http-routes.ts';
import type { Permission } from '../../protocol/permissions.ts';
import type { ProcessSpec, ProcessSpecInput } from '../../protocol/process-spec.ts';

/**
 * What a change of a field can cause:
 * - `nothing`: it only changes what people see
 * - `restart`: the program is restarted at once if it is active
 * - `healing`: it decides when the engine restarts or stops the program: a limit of 1 MB is a restart every few seconds
 * - `upkeep`: it decides how the program is stopped, and what is recorded and reported about it
 * - `operation`: it is an operation in another form
 */
type Effect = 'nothing' | 'restart' | 'healing' | 'upkeep' | 'operation';

const EFFECTS: Readonly<Record<keyof ProcessSpec, Effect>> = {
  id: 'nothing',
  name: 'nothing',
  groups: 'nothing',
  command: 'restart',
  args: 'restart',
  type: 'healing',
  pidFile: 'healing',
  shell: 'restart',
  cwd: 'restart',
  env: 'restart',
  inheritEnv: 'restart',
  envFile: 'restart',
  envFileDialect: 'restart',
  user: 'restart',
  group: 'restart',
  umask: 'restart',
  nice: 'restart',
  rlimits: 'restart',
  session: 'restart',
  adopt: 'upkeep',
  dependsOn: 'healing',
  autostart: 'operation',
  enabled: 'operation',
  startSeconds: 'healing',
  ready: 'healing',
  watchdogMs: 'healing',
  sockets: 'restart',
  restart: 'healing',
  stop: 'upkeep',
  reload: 'upkeep',
  limits: 'healing',
  healing: 'operation',
  healTimeoutMs: 'upkeep',
  leftovers: 'upkeep',
  logs: 'upkeep',
  anomaly: 'healing',
  zombies: 'healing',
  health: 'healing',
  instances: 'operation',
  schedule: 'operation',
  scheduling: 'healing',
  maxRuntimeMs: 'healing',
  onFleetLost: 'healing',
  hooks: 'healing',
  notify: 'upkeep',
};

const FIELDS = Object.keys(EFFECTS) as readonly (keyof ProcessSpec)[];
const HEALING: readonly Permission[] = ['allowStart', 'allowStop', 'allowDisable'];
const UPKEEP: readonly Permission[] = ['allowStop', 'allowDisable'];
const { enable, disable, hold, scale, restart, start } = HTTP_ROUTES;
const DISABLE: readonly Permission[] = [...disable.needs, ...disable.needsIfActive];

/**
 * Returns the permissions that an untrusted caller needs for a change, besides that to change definitions. They are those of
 * the operations that the change can cause.
 * @param changed the program as it results from the change
 * @param fields the names of the fields that differ, and of those that the request names
 * @param isActive whether the program runs, or will be started without a further request
 */
export function permissionsToChange(
  changed: ProcessSpec,
  fields: { readonly differing: readonly (keyof ProcessSpec)[]; readonly named: readonly string[] },
  isActive: boolean,
): readonly Permission[] {
  // An operation is performed even if the definition stays the same.
  const operations = FIELDS.filter((field) => EFFECTS[field] === 'operation' && fields.named.includes(field));
  const needed = [...fields.differing, ...operations].flatMap((field) => neededFor(field, changed, isActive));
  return [...new Set(needed)];
}

/**
 * Returns the permissions that an untrusted caller needs to take back changes of these fields. What they become is up to a
 * file, so an operation may go either way: a program may be enabled or disabled.
 */
export function permissionsToUnset(
  current: ProcessSpec,
  fields: readonly (keyof ProcessSpec)[],
): readonly Permission[] {
  const { enabled, autostart } = current;
  const either = [
    { ...current, schedule: null },
    { ...current, enabled: !enabled, autostart: !autostart, schedule: '* * * * *' },
  ];
  const needed = either.flatMap((spec) => fields.flatMap((field) => neededFor(field, spec, true)));
  return [...new Set(needed)];
}

function neededFor(field: keyof ProcessSpec, changed: ProcessSpec, isActive: boolean): readonly Permission[] {
  switch (EFFECTS[field]) {
    case 'nothing':
      return [];
    case 'restart':
      return isActive ? restart.needs : [];
    case 'healing':
      return HEALING;
    case 'upkeep':
      return UPKEEP;
    case 'operation':
      return neededForOperation(field, changed, isActive);
  }
}

function neededForOperation(field: keyof ProcessSpec, changed: ProcessSpec, isActive: boolean): readonly Permission[] {
  if (field === 'enabled') return changed.enabled ? enable.needs : isActive ? DISABLE : disable.needs;
  if (field === 'autostart') return changed.autostart ? ['allowAutostart'] : DISABLE;
  if (field === 'healing') return hold.needs;
  if (field === 'instances') return scale.needs;
  // Without a schedule, restarts that the owner planned do not happen.
  return changed.schedule === null ? UPKEEP : restart.needs;
}

/**
 * Returns the permissions that an untrusted caller needs for a new program, besides that to add programs. A program that
 * starts automatically also starts at once.
 */
export function permissionsToAdd(definition: ProcessSpecInput): readonly Permission[] {
  const { autostart = true, enabled = true, schedule = null } = definition;
  return [
    ...(autostart ? (['allowAutostart'] as const) : []),
    ...(autostart && enabled ? start.needs : []),
    ...(schedule === null ? [] : restart.needs),
  ];
}
