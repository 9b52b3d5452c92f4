import {
  countOutcomes,
  type FleetPlan,
  type HostOutcome,
  OUTCOMES,
  worstOutcome,
} from '../../fleet/contract/outcomes.ts';
import { parseHostSelector } from '../../fleet/contract/host-selector.ts';
import { selectHosts } from '../../fleet/contract/select-hosts.ts';
import { HubTime } from '../../fleet/bus/hub-time.ts';
import { HostCaller } from '../../fleet/operator/call-host.ts';
import { connectFleet } from '../../fleet/operator/connect-fleet.ts';
import { operateHosts } from '../../fleet/operator/operate-hosts.ts';
import { planOperation } from '../../fleet/operator/plan-operation.ts';
import { readFleet } from '../../fleet/operator/read-fleet.ts';
import { HealerError } from '../../protocol/errors.ts';
import { CLIENT_NAME, type Context } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import { canAsk, confirm } from '../output/confirm.ts';
import type { Terminal } from '../output/terminal.ts';

/** The exit code for the worst outcome. */
const EXIT_CODES = { ok: 0, failed: 1, absent: 3, unknown: 4, refused: 5 } as const;
/** Names of hosts in one line of the plan. */
const MAX_NAMED = 20;

/** The options that all operations on hosts share. */
export interface FleetOperationOptions {
  readonly selector: string | undefined;
  readonly yes: boolean;
  readonly timeoutMs?: number | undefined;
}

/**
 * Performs an operation on programs of selected hosts: prints the plan, asks, and prints one outcome for each host.
 * Returns the exit code of the worst outcome.
 */
export async function operateFleet(
  context: Context,
  operation: string,
  programs: readonly string[],
  { selector, yes, timeoutMs }: FleetOperationOptions,
): Promise<number> {
  validateSelectors(programs);
  const { terminal } = context;
  const parsed = parseHostSelector(selector ?? '');
  if (selector === undefined || selector.trim() === '') {
    throw new HealerError('INVALID_CONFIG', `"healer fleet ${operation}" needs hosts: add -l SELECTOR, or -l all`);
  }
  if ('problem' in parsed) throw new HealerError('INVALID_CONFIG', parsed.problem);
  const bus = await connectFleet(context.paths.configDir, { clientName: CLIENT_NAME });
  try {
    const hubTime = new HubTime(bus);
    const [hosts] = await Promise.all([readFleet(bus), hubTime.measure()]);
    const selection = selectHosts(parsed.selector, hosts);
    if (selection.problems.length > 0) throw new HealerError('NOT_FOUND', selection.problems.join('; '));
    const plan = planOperation({ operation, programs }, selection.hosts, bus.credential);
    if (!(await isConfirmed(terminal, plan, yes))) return 1;
    const caller = new HostCaller({ bus, hubTime });
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const outcomes = await operateHosts(caller, plan, options, (outcome) => printOutcome(terminal, outcome));
    return conclude(terminal, plan, outcomes);
  } finally {
    await bus.close();
  }
}

async function isConfirmed(terminal: Terminal, plan: FleetPlan, yes: boolean): Promise<boolean> {
  const { operation, programs, matched, absent, refused } = plan;
  const sum = matched.length + absent.length + refused.length;
  if (sum === 0) throw new HealerError('NOT_FOUND', 'no host matches the selector; "healer fleet ls" lists all hosts');
  const line = `${operation} ${programs.join(' ')}: ${counted(matched.length, 'host')}, ${String(absent.length)} absent${named(absent)}, ${String(refused.length)} refused${named(refused)}`;
  if (!terminal.json) terminal.print(line);
  if (yes || matched.length === 0) return true;
  if (!canAsk()) throw new HealerError('INVALID_CONFIG', `${line} — add --yes to perform it without a question`);
  return confirm('Continue?');
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function named(hosts: readonly { readonly host: string }[]): string {
  if (hosts.length === 0) return '';
  const more = hosts.length > MAX_NAMED ? ` and ${String(hosts.length - MAX_NAMED)} more` : '';
  return ` (${hosts
    .slice(0, MAX_NAMED)
    .map(({ host }) => host)
    .join(' ')}${more})`;
}

function printOutcome(terminal: Terminal, { host, outcome, message, tookMs }: HostOutcome): void {
  if (terminal.json) return;
  const took = tookMs === null ? '' : ` (${String(tookMs)} ms)`;
  terminal.print(`${host}  ${outcome === 'failed' ? 'FAILED' : outcome}  ${message}${took}`);
}

function conclude(terminal: Terminal, plan: FleetPlan, outcomes: readonly HostOutcome[]): number {
  const counts = countOutcomes(outcomes);
  if (terminal.json) terminal.printJson({ plan, outcomes, counts });
  else
    terminal.print(
      OUTCOMES.filter((outcome) => counts[outcome] > 0)
        .map((outcome) => `${String(counts[outcome])} ${outcome}`)
        .join(', '),
    );
  return EXIT_CODES[worstOutcome(outcomes)];
}
