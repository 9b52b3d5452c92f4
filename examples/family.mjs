// Starts a tree of sleeping child processes.
// healer: measures the memory of the whole tree, and leaves no child behind when the program stops.
// Argument: the number of children (default 5); every second one starts a child of its own.
import { spawn } from 'node:child_process';

const count = Number(process.argv[2] ?? 5);
for (let child = 0; child < count; child += 1) {
  const command = child % 2 === 0 ? 'sleep 1000000' : 'sleep 1000000 & wait';
  spawn('sh', ['-c', command], { stdio: 'ignore' });
}
console.log('started %d children', count);
