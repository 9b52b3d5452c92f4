import { isGlob, matchesGlob } from '../../base/glob.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { PROCESS_STATES } from '../../protocol/process-state.ts';
import { badPrograms, isHealthyHost, type FleetHost } from './fleet-host.ts';
import type { Comparison, HostCondition, HostFigure, HostFlag, HostSelector } from './host-selector.ts';

/** What a selector selects. */
export interface HostSelection {
  /** In the given order. */
  readonly hosts: readonly FleetHost[];
  /** One sentence for each name that no host has. An operation on named hosts must not skip them silently. */
  readonly problems: readonly string[];
}

/** Selects hosts. A name that no host has is a problem, whatever the other terms say. */
export function selectHosts(selector: HostSelector, hosts: readonly FleetHost[]): HostSelection {
  const names = selector.flatMap(({ negated, condition }) =>
    !negated && condition.kind === 'name' ? [condition.glob] : [],
  );
  const problems = names.filter((glob) => !hosts.some(({ host }) => matchesGlob(glob, host)));
  return {
    hosts: hosts.filter((host) => matchesSelector(selector, host)),
    problems: problems.map((glob) => nothingFound(glob, hosts)),
  };
}

/** Returns whether a selector selects a host. */
export function matchesSelector(selector: HostSelector, host: FleetHost): boolean {
  let isNamed: boolean | null = null;
  for (const { negated, condition } of selector) {
    const holds = matches(condition, host);
    if (condition.kind === 'name' && !negated) isNamed = isNamed === true || holds;
    else if (holds === negated) return false;
  }
  return isNamed ?? true;
}

function matches(condition: HostCondition, host: FleetHost): boolean {
  switch (condition.kind) {
    case 'name':
      return matchesGlob(condition.glob, host.host);
    case 'flag':
      return hasFlag(condition.flag, host);
    case 'state':
      return condition.states.some((state) => isInState(state, host));
    case 'text':
      return matchesAny(condition.globs, textOf(condition.of, host));
    case 'label':
      return matchesAny(condition.globs, Object.hasOwn(host.labels, condition.key) ? host.labels[condition.key] : null);
    case 'figure':
      return compare(figureOf(condition.figure, host), condition.comparison, condition.value);
  }
}

function hasFlag(flag: HostFlag, host: FleetHost): boolean {
  switch (flag) {
    case 'healthy':
      return isHealthyHost(host);
    case 'collision':
      return host.row?.collision === true;
    case 'away':
      return host.row?.engine === 'away';
    case 'fenced':
      return host.fencedAt !== null;
  }
}

/** A host is in a state of programs if one of its programs is. */
function isInState(state: string, { presence, row }: FleetHost): boolean {
  if (presence === state) return true;
  const known = PROCESS_STATES.find((name) => name === state);
  return known !== undefined && (row?.counts[known] ?? 0) > 0;
}

function textOf(of: 'site' | 'version' | 'config', { site, row, facts }: FleetHost): string | null {
  switch (of) {
    case 'site':
      return site;
    case 'version':
      return row?.version ?? facts?.version ?? null;
    case 'config':
      return row?.revision ?? facts?.revision ?? null;
  }
}

function matchesAny(globs: readonly string[], text: string | null | undefined): boolean {
  return text !== null && text !== undefined && globs.some((glob) => matchesGlob(glob, text));
}

function figureOf(figure: HostFigure, host: FleetHost): number | null {
  const { row } = host;
  switch (figure) {
    case 'bad':
      return badPrograms(host);
    case 'programs':
      return row?.programs ?? null;
    case 'cpu':
      return row?.cpuPercent ?? null;
    case 'memory':
      return row?.memoryPercent ?? null;
    case 'load':
      return row?.load ?? null;
    case 'degraded':
      return row?.degraded ?? null;
    case 'age':
      return host.ageMs === null ? null : host.ageMs / 1000;
  }
}

/** An unknown figure fulfills no comparison. */
function compare(figure: number | null, comparison: Comparison, value: number): boolean {
  if (figure === null) return false;
  switch (comparison) {
    case '=':
      return figure === value;
    case '!=':
      return figure !== value;
    case '<':
      return figure < value;
    case '<=':
      return figure <= value;
    case '>':
      return figure > value;
    case '>=':
      return figure >= value;
  }
}

function nothingFound(glob: string, hosts: readonly FleetHost[]): string {
  if (isGlob(glob)) return `no host matches "${glob}"`;
  const nearest = nearestWord(
    glob,
    hosts.map(({ host }) => host),
  );
  return `no host is called "${glob}"${nearest === null ? '' : `; did you mean "${nearest}"?`}`;
}
