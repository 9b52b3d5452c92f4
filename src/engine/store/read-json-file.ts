import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { keptAs } from '../../base/atomic-file.ts';

/** The contents of a file, or the problem with it; both are null if there is no file. */
export interface JsonFile<Content> {
  readonly content: Content | null;
  readonly problem: string | null;
}

/** Reads a JSON file and validates it. Keeps a copy of a damaged file, so that it can be replaced. */
export function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  nowMs: number,
): JsonFile<z.output<Schema>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { content: null, problem: null };
  }
  try {
    return { content: schema.parse(JSON.parse(text)), problem: null };
  } catch {
    return { content: null, problem: `"${path}" is unreadable; ${keptAs(path, nowMs)}` };
  }
}
