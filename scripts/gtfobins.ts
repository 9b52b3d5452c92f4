/** What scripts/update-gtfobins.mjs writes. */
interface Source {
  readonly source: string;
  readonly commit: string;
  readonly date: string;
  /** What each program can be made to do, separated by spaces. */
  readonly programs: Readonly<Record<string, string>>;
}

/** Reading a file and sending it away reveals something, but executes nothing. */
const HARMLESS: readonly string[] = ['file-read', 'upload'];
const WIDTH = 118;

/** Returns the module with the names of the programs that can be made to execute code or to write a file. */
export function gtfobinsModule(json: string): string {
  const { source, commit, date, programs } = JSON.parse(json) as Source;
  const names = Object.entries(programs)
    .filter(([, functions]) => functions.split(' ').some((name) => !HARMLESS.includes(name)))
    .map(([name]) => name.toLowerCase());
  return `/**
 * Programs that GTFOBins lists because they can be made to execute code or to write files, in lowercase. Written by
 * "npm run generate" from scripts/gtfobins.json, which scripts/update-gtfobins.mjs takes from
 * ${source} (GPL-3.0; only the names are used).
 * Commit ${commit} of ${date}.
 */
export const GTFOBINS = \`
${wrap([...new Set(names)].sort()).join('\n')}\`;
`;
}

function wrap(words: readonly string[]): readonly string[] {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length < WIDTH) lines[lines.length - 1] = `${line === '' ? ' ' : line} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines;
}
