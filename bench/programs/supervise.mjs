// A minimal supervisor in Node: spawns programs again when they exit, and discards their output.
//   node supervise.mjs PROGRAM REPORTS COUNT
import { spawn } from 'node:child_process';

const [program, reports, count] = process.argv.slice(2);

function start(name) {
  spawn(program, [reports, name], { stdio: 'ignore' }).once('exit', () => start(name));
}

for (let number = 0; number < Number(count); number++) start(`p${number}`);
