// Attaches to the engine on this machine, restarts a program and waits until it runs again.
// Run: node watch-and-operate.mjs [id]
import { HealerClient, HealerError } from 'healer';

const client = await HealerClient.connect();
try {
  const [id = (await client.list())[0]?.id] = process.argv.slice(2);
  const events = client.events({ process: id });
  const { state, forced } = await client.restart(id, { timeoutMs: 5000 });
  console.log(`restart of ${id}: ${state}${forced ? ', force killed' : ''}`);
  for await (const { kind, reason } of events) {
    console.log(`${kind}: ${reason}`);
    if (kind === 'running') break;
  }
  await client.start('no-such-program');
} catch (error) {
  if (!(error instanceof HealerError)) throw error;
  console.log(`${error.code}: ${error.message}`);
} finally {
  client.close();
}
