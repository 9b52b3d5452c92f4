import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HostAgent } from '../../../src/fleet/agent/host-agent.ts';
import { hostCredentialFile, writeCredential } from '../../../src/fleet/bus/credential.ts';
import { connectKeeper, purgeHost } from '../../../src/fleet/hub/admin-connection.ts';
import { readKept } from '../../../src/fleet/operator/read-kept.ts';
import { NatsHub } from '../../support/nats-hub.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { SessionRoom } from '../../support/session-caller.ts';
import { waitFor } from '../../support/wait-for.ts';

test('facts that the hub has lost are published again', async () => {
  await using hub = await NatsHub.start();
  await using engine = await SessionRoom.open();
  const stateDir = mkdtempSync(join(tmpdir(), 'healer-agent-'));
  writeCredential(hostCredentialFile(stateDir), await hub.credential('host', 'web-01'));
  const keeper = await connectKeeper(hub.content);
  const viewer = await hub.connect(await hub.credential('viewer', 'vera'));
  const hasFacts = async (): Promise<boolean> => {
    let isFound = false;
    await readKept(viewer, { kind: 'facts', site: 'default', host: 'web-01' }, () => (isFound = true));
    return isFound;
  };
  const { socketPath } = engine;
  const agent = new HostAgent({ stateDir, socketPath, instance: 'default', onDegraded: () => undefined });
  try {
    await agent.start();
    await waitFor(hasFacts, 'the facts');
    await purgeHost(keeper, { site: 'default', host: 'web-01' });
    expect(await waitFor(hasFacts, 'the facts to be published again')).toBe(true);
  } finally {
    await agent.leave();
    await keeper.close();
    removeFolder(stateDir);
  }
});
