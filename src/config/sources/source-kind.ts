import { extname } from 'node:path';

const KINDS: Readonly<Record<string, SourceKind>> = {
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.json': 'yaml',
  '.txt': 'list',
};

export type SourceKind = 'list' | 'yaml';

/** So much of a file tells what it is. */
const LOOKED_AT = 4096;
/** `name:`, with or without quotes, an opening brace, or a directive or document mark of YAML. */
const YAML_BEGINS = /^(?:["']?[\w.-]+["']?\s*:(?:\s|$)|\{|%YAML|---)/;

/** What a file of programs is written in: by its ending, and where that says nothing by how it begins. JSON is YAML. */
export function sourceKindOf(file: string, content: Buffer): SourceKind {
  const byEnding = KINDS[extname(file).toLowerCase()];
  if (byEnding !== undefined) return byEnding;
  const lines = content
    .subarray(0, LOOKED_AT)
    .toString()
    .replace(/^\uFEFF/, '')
    .split('\n');
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
  return first !== undefined && YAML_BEGINS.test(first) ? 'yaml' : 'list';
}
