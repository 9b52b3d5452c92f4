import type { FolderPrograms } from './folder-programs.ts';
import { renderYaml } from './render-yaml.ts';

const EXAMPLE = `processes:
  web:
    command: node
    args: [server.js]
`;

/** Fields that a newcomer looks for. A test checks that each of them is valid. */
export const USEFUL_FIELDS = `restart: always            # restart it also after exit code 0 (default: on-failure)
limits: {memoryMb: 500}    # restart it above 500 MB
env: {PORT: "8080"}        # environment variables
envFile: ?.env             # read more of them from a file, if it exists
dependsOn: [db]            # start it once "db" is running
health: {check: {type: tcp, port: 8080}}
schedule: "0 3 * * *"      # restart it, or start a job, at 03:00`;

/** Returns the text of a healer.yaml for the programs of a folder, with comments on what to write next. */
export function renderFirstFile(found: FolderPrograms, schema: string): string {
  const start = found.programs.length === 0 ? emptyFile(found, schema) : filledFile(found, schema);
  return `${start}
# More fields of a program, as examples:
${commented(USEFUL_FIELDS)}
#
# Check this file with "healer config check", and start the programs with "healer up". An edit takes effect when it is saved.
`;
}

function filledFile(found: FolderPrograms, schema: string): string {
  return renderYaml(found, { source: found.files.join(' and '), schema });
}

function emptyFile({ notes }: FolderPrograms, schema: string): string {
  const reasons = notes.map(
    ({ place, message }) => `# ${place}: ${message.replaceAll(/[\r\n\u0085\u2028\u2029]+\s*/g, ' ')}\n`,
  );
  return `# yaml-language-server: $schema=${schema}
# No programs were found in this folder. Replace the next line with programs such as:
${commented(EXAMPLE.trimEnd())}
${reasons.join('')}processes: {}
`;
}

function commented(text: string): string {
  return text
    .split('\n')
    .map((line) => `#   ${line}`)
    .join('\n');
}
