/** Writes docs/cli.md from the command table. Gives the text; `npm run generate` puts it in its place. */
import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const path = join(ROOT, 'docs/cli.md');

export async function generate() {
  const { COMMANDS, GLOBAL_OPTIONS } = await loadTable();
  const groups = [...new Set(COMMANDS.map(({ group }) => group))];
  const parts = [
    '# Commands',
    'Generated from `src/cli/command-table.ts` by `npm run generate`.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no engine is running.',
    '## Options of all commands',
    optionList(GLOBAL_OPTIONS),
    ...groups.flatMap((group) => [
      `## ${group.replace(/:$/, '')}`,
      ...COMMANDS.filter((row) => row.group === group).flatMap(commandParts),
    ]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The table is TypeScript, and loads each command only when it runs. */
async function loadTable() {
  const folder = await mkdtemp(join(tmpdir(), 'healer-table-'));
  try {
    const outfile = join(folder, 'command-table.mjs');
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['src/cli/command-table.ts'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
      external: ['./commands/*'],
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function commandParts({ name, summary, details = '', arguments: args = [], options = [] }) {
  const usage = ['healer', name, ...args.map(([argument]) => argument)].join(' ');
  const meanings = args.map(([argument, meaning]) => `- \`${argument}\`: ${escapeText(meaning)}`);
  return [
    `### ${name}`,
    `\`${usage}\` — ${escapeText(summary)}.`,
    [...meanings, optionList(options)].filter((line) => line !== '').join('\n'),
    details === '' ? '' : `\`\`\`\n${details}\n\`\`\``,
  ];
}

function optionList(options) {
  return options.map(optionLine).join('\n');
}

function optionLine({ flags, summary, choices, defaultValue }) {
  const facts = [
    choices === undefined ? '' : `one of ${choices.join(', ')}`,
    defaultValue === undefined ? '' : `default ${defaultValue}`,
  ].filter((fact) => fact !== '');
  return `- \`${flags}\`: ${escapeText(summary)}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`;
}

/** What Markdown would take for its own. */
function escapeText(text) {
  return text.replace(/[<*_]/g, '\\$&');
}
