// Connects to an engine over its remote API, searching for one without a URL, and lists its programs.
// Run: node remote.mjs [URL]; the token is read from HEALER_TOKEN.
import { RemoteHealerClient } from 'healer';

const [url] = process.argv.slice(2);
const token = process.env.HEALER_TOKEN;
const access = token === undefined ? {} : { token };
const client =
  url === undefined ? await RemoteHealerClient.discover(access) : await RemoteHealerClient.connect({ url, ...access });
const { instance, version } = await client.getStatus();
console.log(`instance ${instance}, healer ${version}`);
for (const { id, state } of await client.list()) console.log(`${id} is ${state}`);
client.close();
