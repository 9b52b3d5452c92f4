import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { loadLibc } from '../../../../src/base/libc.ts';
import { readProcStat } from '../../../../src/base/proc-stat.ts';
import { startKeeperTransport } from '../../../../src/engine/logs/keeper-transport.ts';

/** Starts a program with its output on the keeper, prints its pid, and waits to be killed. */
const [folder = '', keeperPath = '', id = '', ...argv] = process.argv.slice(2);
const { libc } = loadLibc();
if (libc === null) throw new Error('this needs the native package');
const runtimeDir = join(folder, 'run');
const { transport } = await startKeeperTransport({
  libc,
  instance: 'test',
  runtimeDir,
  pipesDir: join(runtimeDir, 'test.pipes'),
  logsDir: join(folder, 'logs'),
  keeper: { path: keeperPath, outputFd: openSync(join(folder, 'keeper.log'), 'a') },
  listener: { onExit: () => undefined, onGap: () => undefined, onTrouble: () => undefined },
});
const pipes = transport.prepare(id, 1);
const script = `exec "$@" 1<>"${pipes.stdoutPath}" 2<>"${pipes.stderrPath}"`;
const { pid = 0 } = spawn('/bin/sh', ['-c', script, 'sh', ...argv], { stdio: 'ignore', detached: true });
const startTicks = readProcStat(pid)?.startTicks ?? null;
transport.follow({ id, run: 1, pid, startTicks, pipes, log: { maxSizeMb: 10, keep: 5, timestamps: true } });
process.stdout.write(`${String(pid)}\n`);
setInterval(() => undefined, 1000);
