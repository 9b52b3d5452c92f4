// Dies as soon as it starts, like a program with a broken configuration.
// healer: tries again after longer and longer delays; after five restarts within a minute it rests for two minutes.
console.error('cannot read my configuration');
process.exitCode = 3;
