/** Writes the files that are made from the code. `--check` writes nothing and fails when one of them is stale. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import * as cliReference from './cli-reference.mjs';

/** Each gives the `path` of its file and `generate`s its text. */
const GENERATORS = [cliReference];

const isCheck = process.argv.includes('--check');
for (const { path, generate } of GENERATORS) {
  const text = await generate();
  const old = await readFile(path, 'utf8').catch(() => null);
  if (text === old) continue;
  const name = relative(process.cwd(), path);
  if (isCheck) {
    console.error(`${name} is stale: run "npm run generate"`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    console.log(`wrote ${name}`);
  }
}
