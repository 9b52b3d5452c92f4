// Uses a lot of CPU for a few seconds from time to time, like many healthy programs.
// healer: does nothing, unless the program has a CPU limit.
// Arguments: the seconds between bursts and the maximum length of a burst in seconds (default 30 and 8).
const [every = 30, longest = 8] = process.argv.slice(2).map(Number);

function burst() {
  const seconds = 1 + Math.random() * (longest - 1);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end);
  console.log('worked for %s s', seconds.toFixed(1));
}

setInterval(burst, every * 1000);
console.log('a burst every %d s', every);
