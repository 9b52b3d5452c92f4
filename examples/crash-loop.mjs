// Crashes at once, like a program with an invalid configuration.
// healer: retries with increasing delays. After five restarts within a minute, the program is in cooldown for two minutes.
console.error('cannot read the configuration');
process.exitCode = 3;
