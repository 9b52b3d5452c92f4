// Keeps 1 MB more each second, up to a cap, so that it can do no harm where nobody watches it.
// healer: ends it when it reaches its memory limit, and starts it afresh.
// Arguments: MB a second and the cap in MB, 1 and 300 unless given.
const [mbPerSecond = 1, capMb = 300] = process.argv.slice(2).map(Number);
const kept = [];

setInterval(() => {
  if (kept.length < capMb) kept.push(Buffer.alloc(1024 * 1024, 1));
  if (kept.length % 10 === 0) console.log('keeping %d MB', kept.length);
}, 1000 / mbPerSecond);
