import type { SnapshotRow } from '../../protocol/snapshot.ts';

type Predicate = (row: SnapshotRow) => boolean;

const NUMBERS: Readonly<Record<string, (row: SnapshotRow) => number | null>> = {
  cpu: (row) => row.cpuPercent,
  mem: (row) => row.memoryMb,
  memory: (row) => row.memoryMb,
  pid: (row) => row.pid,
  restarts: (row) => row.restarts,
};

const COMPARISON = /^([a-z]+)(>|<)(\d+(?:\.\d+)?)$/;

/**
 * Reads a filter: words that must all fit. A word is part of a name or id, `status:` with part of a state, or a
 * comparison such as `cpu>50`; `!` in front turns it round. Half-typed words exclude nothing.
 */
export function parseFilter(text: string): Predicate {
  const predicates = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!')
    .map(parseWord);
  return (row) => predicates.every((fits) => fits(row));
}

function parseWord(word: string): Predicate {
  if (word.startsWith('!')) {
    const fits = parseWord(word.slice(1));
    return (row) => !fits(row);
  }
  if (word.startsWith('status:')) {
    const wanted = word.slice('status:'.length);
    return (row) => row.state.includes(wanted);
  }
  return (
    parseComparison(word) ?? ((row) => row.name.toLowerCase().includes(word) || row.id.toLowerCase().includes(word))
  );
}

function parseComparison(word: string): Predicate | null {
  const [, field = '', operator, limit] = COMPARISON.exec(word) ?? [];
  const valueOf = NUMBERS[field];
  if (valueOf === undefined) return null;
  const bound = Number(limit);
  return (row) => {
    const value = valueOf(row);
    return value !== null && (operator === '>' ? value > bound : value < bound);
  };
}

/** Whether a person should look at this program. */
export function isUnhealthy(row: SnapshotRow): boolean {
  const isDown = row.state === 'backoff' || row.state === 'cooldown' || row.state === 'failed';
  return isDown || row.health === 'unhealthy';
}
