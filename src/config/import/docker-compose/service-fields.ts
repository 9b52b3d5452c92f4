import { groupNameSchema } from '../../../protocol/process-id-schema.ts';
import { parseMegabytes } from '../draft/byte-size.ts';
import { type Convert, convertedElsewhere, detail, lost, minor } from '../draft/convert-field.ts';
import { type Fields, fieldsOf, isFields, listOf } from '../draft/plain-values.ts';
import type { Need, ProgramDraft } from '../draft/program-draft.ts';
import { parseSpan } from '../draft/span.ts';
import { signalOf } from '../draft/signal-of.ts';
import { textOf } from '../draft/text-of.ts';

const convertRestart: Convert = (value, { draft, place }) => {
  const [policy = '', most] = textOf(value).split(':');
  if (policy === 'always' || policy === 'unless-stopped') draft.extend('restart', { policy: 'always' });
  else if (policy === 'on-failure') draft.extend('restart', { policy: 'on-failure' });
  else if (policy !== 'no' && policy !== 'false')
    draft.lose(place, `restart: "${textOf(value)}" is not a known policy`);
  // The first start is not a restart.
  if (most !== undefined && Number(most) > 0) draft.extend('restart', { maxAttempts: Number(most) + 1 });
};

const CONDITIONS: Readonly<Record<string, Need['condition']>> = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
};

const convertDependencies: Convert = (value, { draft, place }) => {
  if (!isFields(value)) {
    for (const name of listOf(value)) draft.needs.push({ name: textOf(name), condition: 'started', place });
    return;
  }
  for (const [name, written] of Object.entries(value)) {
    const { condition, restart } = fieldsOf(written);
    const known = CONDITIONS[textOf(condition ?? 'service_started')] ?? 'started';
    draft.needs.push({ name, condition: known, restart: restart === true, place });
  }
};

const convertMemory: Convert = (value, { draft, place }) => {
  const memoryMb = parseMegabytes(value);
  if (memoryMb === null || memoryMb <= 0)
    draft.lose(place, `"${textOf(value)}" is not a size; set limits.memoryMb in MB`);
  else draft.extend('limits', { memoryMb });
};

const convertProcessors: Convert = (value, { draft, place }) => {
  draft.lose(
    place,
    `programs are not slowed down to ${textOf(value)} CPUs; limits.cpuPercent restarts those that use more`,
  );
};

const convertDeploy: Convert = (value, { draft, place }) => {
  const { replicas, resources, restart_policy: restart } = fieldsOf(value);
  if (Number.isInteger(replicas) && Number(replicas) !== 1) draft.set({ instances: Number(replicas) });
  const { memory, cpus } = fieldsOf(fieldsOf(resources)['limits']);
  if (memory !== undefined) convertMemory(memory, { draft, place });
  if (cpus !== undefined) convertProcessors(cpus, { draft, place });
  if (isFields(restart)) convertRestartPolicy(restart, place, draft);
};

function convertRestartPolicy(
  { condition, delay, max_attempts: most }: Fields,
  place: string,
  draft: ProgramDraft,
): void {
  const policy = { any: 'always', 'on-failure': 'on-failure', none: 'never' }[textOf(condition ?? 'any')];
  if (policy === undefined) draft.lose(place, `deploy.restart_policy: "${textOf(condition)}" is not a known condition`);
  else draft.extend('restart', { policy: policy as 'always' | 'on-failure' | 'never' });
  const delayMs = delay === undefined ? null : parseSpan(textOf(delay));
  if (delayMs !== null) draft.extend('restart', { backoffMs: [delayMs] });
  if (Number.isInteger(most) && Number(most) > 0) draft.extend('restart', { maxAttempts: Number(most) + 1 });
}

const convertHealth: Convert = (value, { draft, place }) => {
  const { test, disable, interval, timeout, retries, start_period: grace } = fieldsOf(value);
  const words = listOf(test).map(textOf);
  const [kind = '', ...rest] = Array.isArray(test) ? words : ['CMD-SHELL', ...words];
  if (disable === true || kind === 'NONE') return;
  const [command, ...args] = kind === 'CMD' ? rest : ['/bin/sh', '-c', ...rest];
  if (command === undefined || (kind !== 'CMD' && rest.length === 0)) {
    draft.lose(place, 'healthcheck: its test is in the image; it was left out');
    return;
  }
  const span = (written: unknown, usual: number): number => Math.max(10, parseSpan(textOf(written ?? '')) ?? usual);
  const failures = Math.max(1, Number(retries ?? 3) || 3);
  draft.set({
    health: {
      check: { type: 'exec', command: inHealer(command), ...(args.length > 0 && { args: args.map(inHealer) }) },
      intervalMs: span(interval, 30_000),
      timeoutMs: span(timeout, 30_000),
      consecutiveFailuresRequired: failures,
      startupCheck: startupOf(span(grace, 0), span(interval, 30_000), failures),
    },
  });
  draft.note('minor', place, 'healthcheck: Docker only reports an unhealthy container, healer restarts the program');
};

/** Failures during the start period do not count; after it, several have to follow each other, an interval apart. */
function startupOf(
  graceMs: number,
  intervalMs: number,
  failures: number,
): { checkIntervalMs: number; maxAttempts: number } {
  const checkIntervalMs = Math.min(intervalMs, 5000);
  const patienceMs = graceMs + failures * intervalMs;
  return { checkIntervalMs, maxAttempts: Math.max(30, Math.ceil(patienceMs / checkIntervalMs)) };
}

/** `$$` is a dollar to both. */
function inHealer(text: string): string {
  return text.replace(/\$\$|\$/g, '$$$$');
}

const convertUser: Convert = (value, { draft, place }) => {
  const [user = '', group] = textOf(value).split(':');
  if (user.includes('$')) {
    draft.lose(place, `user: "${textOf(value)}" was left out; set user to a name or number`);
    return;
  }
  const account = (name: string): string | number => (/^\d+$/.test(name) ? Number(name) : name);
  draft.set({ user: account(user), ...(group !== undefined && group !== '' && { group: account(group) }) });
  draft.lose(place, `user: "${user}" has to exist on this machine, and healer has to run as root`);
};

const ULIMITS = new Set(['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'rss', 'stack']);

const convertUlimits: Convert = (value, { draft, place }) => {
  for (const [name, limit] of Object.entries(fieldsOf(value))) {
    const { soft, hard } = isFields(limit) ? limit : { soft: limit, hard: limit };
    const [softLimit, hardLimit] = [soft, hard].map((one) => (Number(one) === -1 ? 'unlimited' : Number(one)));
    if (!ULIMITS.has(name) || softLimit === undefined || hardLimit === undefined) {
      draft.lose(place, `ulimits: "${name}" has no equivalent`);
    } else draft.extend('rlimits', { [name]: { soft: softLimit, hard: hardLimit } });
  }
};

const convertProfiles: Convert = (value, { draft, place }) => {
  const names = listOf(value).map(textOf);
  const groups = names.filter((name) => groupNameSchema.safeParse(name).success);
  draft.set({ autostart: false, ...(groups.length > 0 && { groups }) });
  draft.lose(place, `profiles: start it with "healer start @${names[0] ?? ''}"`);
};

const ISOLATION = lost('the isolation of containers has no equivalent');
const OF_CONTAINERS = detail('concerns only containers');
const NETWORK = detail('programs share the network of this machine');

/** The fields of a service. */
export const SERVICE_FIELDS: Readonly<Record<string, Convert>> = {
  image: convertedElsewhere,
  build: convertedElsewhere,
  command: convertedElsewhere,
  entrypoint: convertedElsewhere,
  environment: convertedElsewhere,
  working_dir: convertedElsewhere,
  env_file: convertedElsewhere,
  volumes: convertedElsewhere,
  ports: convertedElsewhere,
  restart: convertRestart,
  depends_on: convertDependencies,
  mem_limit: convertMemory,
  cpus: convertProcessors,
  deploy: convertDeploy,
  healthcheck: convertHealth,
  stop_signal: (value, { draft, place }) => {
    const signal = signalOf(textOf(value));
    if (signal === null) draft.lose(place, `stop_signal: "${textOf(value)}" is not a signal`);
    else draft.extend('stop', { signal });
  },
  stop_grace_period: (value, { draft, place }) => {
    const gracefulTimeoutMs = parseSpan(textOf(value));
    if (gracefulTimeoutMs === null) draft.lose(place, `stop_grace_period: "${textOf(value)}" is not a duration`);
    else draft.extend('stop', { gracefulTimeoutMs });
  },
  user: convertUser,
  ulimits: convertUlimits,
  profiles: convertProfiles,
  scale: (value, { draft }) => draft.set({ instances: Number(value) }),
  extends: lost('fields of another service were not imported; add them'),
  secrets: lost('secrets are files of containers; let the program read them from their place on this machine'),
  configs: lost('configs are files of containers; let the program read them from their place on this machine'),
  develop: lost('restarts on file changes have no equivalent'),
  tty: minor('programs have no terminal'),
  stdin_open: minor('programs have no terminal'),
  logging: minor('healer writes the log itself; use a log shipper that reads it'),
  tmpfs: lost('a file system in memory has no equivalent; use a folder in /tmp'),
  hostname: minor('programs have the host name of this machine'),
  extra_hosts: lost('extra_hosts: add the names to /etc/hosts'),
  dns: lost('dns: programs use the name servers of this machine'),
  sysctls: lost('sysctls: set them for the whole machine'),
  devices: ISOLATION,
  privileged: detail('programs are not isolated'),
  cap_add: lost('cap_add: give the executable the capability with setcap, or run healer as root'),
  cap_drop: ISOLATION,
  security_opt: ISOLATION,
  read_only: ISOLATION,
  pids_limit: lost('pids_limit: set rlimits.nproc'),
  cpu_shares: minor('cpu_shares has no equivalent; set "nice"'),
  mem_reservation: OF_CONTAINERS,
  memswap_limit: OF_CONTAINERS,
  shm_size: OF_CONTAINERS,
  container_name: OF_CONTAINERS,
  labels: OF_CONTAINERS,
  annotations: OF_CONTAINERS,
  init: OF_CONTAINERS,
  platform: OF_CONTAINERS,
  pull_policy: OF_CONTAINERS,
  runtime: OF_CONTAINERS,
  ipc: OF_CONTAINERS,
  pid: OF_CONTAINERS,
  attach: OF_CONTAINERS,
  volumes_from: lost('volumes_from: files of other containers are not on this machine'),
  networks: NETWORK,
  network_mode: NETWORK,
  expose: NETWORK,
  links: NETWORK,
  external_links: NETWORK,
  mac_address: NETWORK,
  dns_search: NETWORK,
};
