/** A fault of nats-server, and the versions that fix it: the first of each line of releases. */
interface KnownFault {
  readonly id: string;
  readonly fixedIn: readonly string[];
  readonly meaning: string;
}

const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    id: 'CVE-2023-47090',
    fixedIn: ['2.9.23', '2.10.2'],
    meaning:
      'a server with accounts may admit clients without credentials; not in the configuration that healer writes',
  },
  {
    id: 'CVE-2025-30215',
    fixedIn: ['2.10.27', '2.11.1'],
    meaning: 'who may publish to $JS.> can change streams of other accounts; no role of healer may',
  },
  {
    id: 'the faults of 2026 in leaf and WebSocket ports',
    fixedIn: ['2.11.16', '2.12.7'],
    meaning: 'anybody who reaches these ports can crash the server; healer keeps them closed',
  },
];

/** Returns the known faults of a version of nats-server, as sentences. */
export function faultsOf(version: string): readonly string[] {
  const own = numbersOf(version);
  return KNOWN_FAULTS.filter(
    ({ fixedIn }) => !fixedIn.some((fix) => includes(own, numbersOf(fix))) && !isAfterAll(own, fixedIn),
  ).map(({ id, meaning }) => `${id}: ${meaning}`);
}

function numbersOf(version: string): readonly number[] {
  return version.split(/[.-]/).slice(0, 3).map(Number);
}

/** Whether a version is of the same line of releases as a fix, and not older. */
function includes([major, minor, patch = 0]: readonly number[], [m, n, p = 0]: readonly number[]): boolean {
  return major === m && minor === n && patch >= p;
}

function isAfterAll([major = 0, minor = 0]: readonly number[], fixedIn: readonly string[]): boolean {
  const [m = 0, n = 0] = numbersOf(fixedIn.at(-1) ?? '');
  return major > m || (major === m && minor > n);
}
