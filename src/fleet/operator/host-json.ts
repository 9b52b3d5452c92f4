import { badPrograms, isHealthyHost, type FleetHost } from '../contract/fleet-host.ts';

/** Returns a host as `--json` prints it, with times in ISO 8601. */
export function hostJson(host: FleetHost): Readonly<Record<string, unknown>> {
  const { row, facts } = host;
  return {
    host: host.host,
    site: host.site,
    presence: host.presence,
    ageMs: host.ageMs === null ? null : Math.round(host.ageMs),
    healthy: isHealthyHost(host),
    badPrograms: badPrograms(host),
    labels: host.labels,
    problem: host.problem,
    fencedAt: timeOf(host.fencedAt),
    row: row === null ? null : { ...row, at: timeOf(row.at), worst: row.worst.map(worstJson) },
    facts:
      facts === null
        ? null
        : {
            ...facts,
            at: timeOf(facts.at),
            bootedAt: timeOf(facts.bootedAt),
            engineStartedAt: timeOf(facts.engineStartedAt),
          },
  };
}

function worstJson<Worst extends { readonly until: number | null }>(worst: Worst) {
  return { ...worst, until: timeOf(worst.until) };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
