// Crashes after 20 to 60 seconds, each time in another way.
// healer: starts it again at once and says how it died: exit code 1, an uncaught error, or SIGKILL.
// Arguments: the least and the most seconds, 20 and 60 unless given.
const [least = 20, most = 60] = process.argv.slice(2).map(Number);
const seconds = least + Math.random() * (most - least);

const WAYS = [
  () => {
    console.error('cannot go on, ending with code 1');
    process.exit(1);
  },
  () => {
    throw new Error('nobody caught this');
  },
  // As the kernel does when memory runs out.
  () => process.kill(process.pid, 'SIGKILL'),
];

console.log('will crash in %d s', Math.round(seconds));
setTimeout(WAYS[Math.floor(Math.random() * WAYS.length)], seconds * 1000);
