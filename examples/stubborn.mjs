// Ignores the signals that ask it to end.
// healer: asks with SIGTERM, waits for as long as the program is given, then uses SIGKILL and says so.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => console.log('%s? No.', signal));
}
setInterval(() => console.log('still here'), 5000);
console.log('ready');
