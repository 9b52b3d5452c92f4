// Starts an engine with its own folder, lets it run a program, follows the program's log, and stops both.
// Run: node embed.mjs FOLDER
import { createEngine } from 'healer';

const [home = './healer-home'] = process.argv.slice(2);
const engine = await createEngine({ home });
const { client } = engine;
await client.add({
  id: 'clock',
  command: process.execPath,
  args: ['-e', 'setInterval(() => console.log("tick"), 100)'],
});
let ticks = 0;
for await (const { text } of client.logs('clock', { tail: 10 })) {
  console.log(text);
  ticks += 1;
  if (ticks === 3) break;
}
await engine.close();
