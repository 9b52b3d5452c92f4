// A minimal log collector in Node: reads a child's stdout through `stdio: 'pipe'` and writes a file.
//   node log-reader.mjs FILE REPORTS NAME WRITER ARGUMENTS...
import { spawn } from 'node:child_process';
import { appendFileSync, openSync, writeSync } from 'node:fs';

const [path, reports, name, writer, ...writerArguments] = process.argv.slice(2);

const file = openSync(path, 'w', 0o600);
const { stdout } = spawn(writer, writerArguments, { stdio: ['ignore', 'pipe', 'ignore'] });
stdout.on('data', (bytes) => writeSync(file, bytes));
stdout.once('end', () => appendFileSync(reports, `${name} ${process.pid} ${process.hrtime.bigint()}\n`));
