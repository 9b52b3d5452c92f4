// Works hard for some seconds now and then, as many healthy programs do.
// healer: leaves it alone; only a CPU limit would be exceeded by it.
// Arguments: seconds between bursts and the most seconds of a burst, 30 and 8 unless given.
const [every = 30, longest = 8] = process.argv.slice(2).map(Number);

function burst() {
  const seconds = 1 + Math.random() * (longest - 1);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end);
  console.log('worked for %s s', seconds.toFixed(1));
}

setInterval(burst, every * 1000);
console.log('a burst each %d s', every);
