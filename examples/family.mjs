// Starts a tree of children, each of which sleeps.
// healer: counts the memory of all of them, and leaves none behind when the program ends.
// Argument: how many children, 5 unless given; every second one has a child of its own.
import { spawn } from 'node:child_process';

const count = Number(process.argv[2] ?? 5);
for (let child = 0; child < count; child += 1) {
  const command = child % 2 === 0 ? 'sleep 1000000' : 'sleep 1000000 & wait';
  spawn('sh', ['-c', command], { stdio: 'ignore' });
}
console.log('started %d children', count);
