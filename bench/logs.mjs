import { fileURLToPath } from 'node:url';
import { HEALER } from './support/contenders.mjs';
import { collectLogs, linesOf } from './support/log-files.mjs';
import { startWriters, writeThrough } from './support/log-writers.mjs';
import { checksumOfWritten, LINE_BYTES, LineChecksum, numberOf } from './support/numbered-lines.mjs';
import { millisecondsBetween } from './support/reports.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: { megabytes: 2, rounds: 1 },
  normal: { megabytes: 200, rounds: 5 },
};
PLANS.large = PLANS.normal;

const LOG_READER = fileURLToPath(import.meta.resolve('./programs/log-reader.mjs'));
const C_READER = 'C, pipe';
const NODE_READER = "Node, stdio 'pipe'";
const PORTIONS = [
  { label: 'one write per line', writeBytes: LINE_BYTES },
  { label: 'writes of 64 KiB', writeBytes: 64 * 1024 },
];

/** Measures how fast the output of a program reaches a file, and checks that it is complete. */
export const logs = {
  name: 'logs',
  title: 'Log transport: from a program to a file',
  async run({ size, workshop, progress }) {
    if (!workshop.hasCompiler)
      return { groups: [], checks: [], skipped: ['logs: the writer needs gcc, which is not installed'] };
    const { megabytes, rounds } = PLANS[size];
    const lines = (megabytes * 1e6) / LINE_BYTES;
    const [groups, checks] = [[], []];
    for (const { label, writeBytes } of PORTIONS) {
      const tally = new Tally(`${megabytes} MB, lines of ${LINE_BYTES} bytes, ${label}`, 'MB/s', [
        C_READER,
        NODE_READER,
      ]);
      const volume = { lines, writeBytes };
      const say = (what) => progress(`${label}, ${what}`);
      checks.push(...(await playRounds(workshop, volume, rounds, label, tally, say)));
      groups.push(tally.result());
    }
    return { groups, checks, skipped: [] };
  },
};

async function playRounds(workshop, volume, rounds, label, tally, say) {
  const { writers, stop } = await startWriters(workshop, rounds + 1, volume);
  const [first, ...others] = writers;
  say('checksum');
  const whole = await checkAll(workshop, first, volume.lines);
  const kept = [];
  for (const [index, writer] of others.entries()) {
    say(`round ${index + 1} of ${rounds}`);
    const contenders = {
      [C_READER]: () => writeThrough(workshop, [workshop.compiled('log-reader')], volume),
      [NODE_READER]: () => writeThrough(workshop, [process.execPath, LOG_READER], volume),
      [HEALER]: () => writer.write(),
    };
    for (const [name, run] of Object.entries(contenders)) tally.add(name, speedOf(await run(), volume.lines));
    kept.push(checkKept(writer.logFolder, volume.lines));
  }
  await stop();
  return [
    { title: `${label}: nothing lost, duplicated or changed`, ...whole },
    { title: `${label}: lines left by rotation, in each of ${rounds} rounds`, ...worstOf(kept) },
  ];
}

/** Returns megabytes per second. */
function speedOf({ beganNs, arrivedNs }, lines) {
  return (lines * LINE_BYTES) / 1e3 / millisecondsBetween(beganNs, arrivedNs);
}

/** Runs once without measuring, with links that keep rotated files, and checks that every line arrived. */
async function checkAll(workshop, writer, lines) {
  const into = workshop.newFolder();
  const collecting = collectLogs(writer.logFolder, into);
  try {
    await writer.write();
  } finally {
    collecting.close();
  }
  const checksum = new LineChecksum();
  for (const line of linesOf(into)) checksum.add(line);
  workshop.discard(into);
  const digest = checksum.digest();
  const isOk = digest === checksumOfWritten(lines);
  return {
    isOk,
    facts: `${checksum.count} of ${lines} lines, SHA-256 ${digest.slice(0, 16)}… ${isOk ? 'as' : 'not as'} written`,
  };
}

/** Checks that the newest lines have no gap up to the last one. */
function checkKept(logFolder, lines) {
  let [count, previous, gaps] = [0, NaN, 0];
  for (const line of linesOf(logFolder)) {
    const number = numberOf(line);
    if (count > 0 && number !== previous + 1) gaps++;
    previous = number;
    count++;
  }
  return { isOk: gaps === 0 && previous === lines - 1, facts: `${count} lines, ${gaps} gaps, the last is ${previous}` };
}

function worstOf(outcomes) {
  return outcomes.find(({ isOk }) => !isOk) ?? outcomes[0];
}
