// Sits idle for a while and then spins for ever, as a program does that waits for something in a loop.
// healer: tells a CPU spike; restarts it where its definition says `anomaly: {spike: {action: restart}}` or has a CPU limit.
// Arguments: seconds of idleness, 400 unless given: before 300 s nobody knows yet what is usual for it.
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
