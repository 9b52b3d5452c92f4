import { extname } from 'node:path';

const KINDS: Readonly<Record<string, SourceKind>> = {
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.json': 'yaml',
  '.txt': 'list',
};

export type SourceKind = 'list' | 'yaml';

/** The number of bytes that the kind is detected from. */
const SNIFFED_BYTES = 4096;
/** `name:`, with or without quotes, an opening brace, or a directive or document mark of YAML. */
const YAML_BEGINS = /^(?:["']?[\w.-]+["']?\s*:(?:\s|$)|\{|%YAML|---)/;

/** Returns the format of a source file, detected from its extension or else from its first line. JSON counts as YAML. */
export function sourceKindOf(file: string, content: Buffer): SourceKind {
  const byExtension = KINDS[extname(file).toLowerCase()];
  if (byExtension !== undefined) return byExtension;
  const lines = content
    .subarray(0, SNIFFED_BYTES)
    .toString()
    .replace(/^\uFEFF/, '')
    .split('\n');
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
  return first !== undefined && YAML_BEGINS.test(first) ? 'yaml' : 'list';
}
