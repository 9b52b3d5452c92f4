// Crashes after 20 to 60 seconds, in a different way each time.
// healer: restarts it at once and reports the cause: exit code 1, an uncaught error, or SIGKILL.
// Arguments: the minimum and maximum number of seconds (default 20 and 60).
const [least = 20, most = 60] = process.argv.slice(2).map(Number);
const seconds = least + Math.random() * (most - least);

const WAYS = [
  () => {
    console.error('cannot continue, exiting with code 1');
    process.exit(1);
  },
  () => {
    throw new Error('an uncaught error');
  },
  // As the kernel does when it runs out of memory.
  () => process.kill(process.pid, 'SIGKILL'),
];

console.log('will crash in %d s', Math.round(seconds));
setTimeout(WAYS[Math.floor(Math.random() * WAYS.length)], seconds * 1000);
