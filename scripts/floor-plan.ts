import { createRequire } from 'node:module';

/** Maps the name of a room to a description. */
type Floor = Readonly<Record<string, string>>;

interface Area {
  readonly is: string;
  readonly uses: readonly string[];
  readonly floors: readonly Floor[];
}

type Areas = Readonly<Record<string, Area>>;

const CAPTION = 'Each floor may use the floors below it; rooms on the same floor do not import each other.';

/** Returns the areas, a diagram of their rooms, and a table of the engine's rooms as Markdown, from the table that the linter enforces. */
export function floorPlan(root: string): string {
  const { AREAS } = createRequire(import.meta.url)(`${root}/.dependency-cruiser.cjs`) as { readonly AREAS: Areas };
  return [
    areaTable(AREAS),
    `### Rooms\n\n${CAPTION} A dot stands for files that are directly in the area's folder.`,
    ...Object.entries(AREAS).map(([area, { floors }]) => diagram(area, floors)),
    `### The rooms of the engine\n\n${roomTable(AREAS['engine']?.floors ?? [])}`,
  ].join('\n\n');
}

function areaTable(areas: Areas): string {
  const rows = Object.entries(areas).map(([area, { is, uses }]) => {
    const users = Object.entries(areas).filter(([, other]) => other.uses.includes(area));
    return `| \`src/${area}\` | ${is} | ${listed(uses)} | ${listed(users.map(([name]) => name))} |`;
  });
  return ['| area | what it is | may use | used by |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}

/** Draws the top floor first. */
function diagram(area: string, floors: readonly Floor[]): string {
  const lines = floors.map((floor, level) => `${String(level).padStart(2)} │ ${Object.keys(floor).join('   ')}`);
  return ['```', `src/${area}`, ...lines.reverse(), '```'].join('\n');
}

function roomTable(floors: readonly Floor[]): string {
  const rows = floors.flatMap((floor, level) =>
    Object.entries(floor).map(
      ([room, is]) =>
        `| ${level} | ${room === '.' ? 'main.ts' : `\`${room}\``} | ${is} | ${span(level + 1, floors.length - 1)} | ${span(0, level - 1)} |`,
    ),
  );
  return [
    '| floor | room | what it is | used by | may use |',
    '| --- | --- | --- | --- | --- |',
    ...rows.reverse(),
  ].join('\n');
}

function span(lowest: number, highest: number): string {
  if (lowest > highest) return 'nothing';
  return lowest === highest ? `floor ${lowest}` : `floors ${lowest} to ${highest}`;
}
