// Ignores the signals that request a graceful stop.
// healer: sends SIGTERM, waits for the stop timeout of the program, then sends SIGKILL and reports it.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => console.log('ignoring %s', signal));
}
setInterval(() => console.log('still here'), 5000);
console.log('ready');
