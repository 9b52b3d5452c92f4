import { BARE_NODE, timeCommands } from './support/commands.mjs';
import { createContenders, HEALER } from './support/contenders.mjs';
import { Tally } from './support/tally.mjs';

const ROUNDS = { quick: 2, normal: 41, large: 41 };

/** Measures what a command of healer takes in addition to the start of Node. */
export const cli = {
  name: 'cli',
  title: 'The command line, with one program running',
  async run({ size, workshop, progress }) {
    const { launch } = createContenders(workshop).contenders.find(({ name }) => name === HEALER);
    const launched = await launch(1);
    progress(`${ROUNDS[size]} rounds`);
    const tally = new Tally('a command from start to end', 'ms', [BARE_NODE]);
    timeCommands(tally, launched.healer, ['--version', 'status', 'ls'], ROUNDS[size]);
    await launched.stop();
    return { groups: [tally.result()], checks: [], skipped: [] };
  },
};
