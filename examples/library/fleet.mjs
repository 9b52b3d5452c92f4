// Lists the hosts of a fleet, restarts a program on those that a selector selects, and prints the events of the restarts.
// Run: node fleet.mjs PROGRAM [SELECTOR], for example node fleet.mjs api 'role=web site=eu'
import { FleetClient } from 'healer/fleet';

const [program, selector = 'live'] = process.argv.slice(2);
const fleet = await FleetClient.connect();
const hosts = await fleet.hosts(selector);
for (const { host, presence, row } of hosts) {
  const programs = row?.programs ?? 0;
  console.log(`${host} is ${presence} and runs ${programs} program${programs === 1 ? '' : 's'}`);
}
// Only events after those that the hosts have reported so far.
const afterSeq = Object.fromEntries(hosts.map(({ site, host, row }) => [`${site}/${host}`, row?.lastEventSeq ?? 0]));
const events = fleet.events({ selector, process: program, afterSeq, onMissed: () => undefined });
const { outcomes, counts } = await fleet.operate('restart', [program], selector);
for (const { host, outcome, message } of outcomes) console.log(`${host}: ${outcome} (${message})`);
let left = counts.ok;
if (left > 0) {
  for await (const { host, event } of events) {
    if (event.kind !== 'restarted') continue;
    console.log(`${host} restarted: ${event.reason}`);
    left -= 1;
    if (left === 0) break;
  }
}
await fleet.close();
