// Stays idle for a while and then spins forever, like a program with a busy loop.
// healer: reports a CPU spike. It restarts the program if it has `anomaly: {spike: {action: restart}}` or a CPU limit.
// Argument: the number of idle seconds (default 400). Spikes are not detected in the first 300 s.
const [idleSeconds = 400] = process.argv.slice(2).map(Number);

function spin() {
  const end = performance.now() + 100;
  while (performance.now() < end);
  setImmediate(spin);
}

console.log('idle for %d s', idleSeconds);
setTimeout(() => {
  console.log('spinning');
  spin();
}, idleSeconds * 1000);
