import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { attributesOf, OtlpCollector } from '../support/otlp-collector.ts';
import { CLI } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 20_000;
const SLEEPY = `sleepy - 200 -- ${process.execPath} -e "setInterval(() => undefined, 1000)"`;

async function degraded(home: HealerHome): Promise<string> {
  return (await home.ask((engine) => engine.status({}))).degraded.join();
}

describe('metrics for an OpenTelemetry collector', () => {
  test('are pushed if a variable is set, while the collector is available', async () => {
    await using collector = await OtlpCollector.open({ isListening: false });
    await using home = new HealerHome();
    home.extraEnv = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://me:hush@127.0.0.1:${collector.port}`,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hush',
    };
    await home.up(SLEEPY);
    await waitFor(
      async () => (await degraded(home)).includes('cannot push metrics to'),
      'the loss to be reported',
      PATIENCE_MS,
    );
    const degradations = await degraded(home);
    expect(degradations.match(/cannot push metrics/g)).toHaveLength(1);
    expect(degradations).not.toContain('hush');
    expect((await home.events()).filter(({ reason }) => reason.includes('push'))).toEqual([]);

    await collector.listen();
    await waitFor(() => collector.received.length > 0, 'the first push', PATIENCE_MS);
    await waitFor(async () => (await degraded(home)) === '', 'the degradation to end', PATIENCE_MS);
    expect(collector.received[0]?.headers['api-key']).toBe('hush');
    await home.ok('restart', 'sleepy');
    await waitFor(
      () => {
        const restarts = collector.newest().get('healer.process.restarts')?.sum?.dataPoints ?? [];
        return restarts.some(
          ({ attributes, asDouble }) => attributesOf(attributes)['reason'] === 'operator' && asDouble === 1,
        );
      },
      'the restart to be pushed',
      PATIENCE_MS,
    );
    // A metric without a value is left out: the memory of the new run follows with its first sample.
    await waitFor(
      () => collector.newest().has('healer.process.resident_memory'),
      'the memory to be pushed',
      PATIENCE_MS,
    );
    expect([...collector.newest().keys()]).toEqual(
      expect.arrayContaining(['healer.build_info', 'healer.process.up', 'healer.process.resident_memory']),
    );

    // A collector that accepts the connection and never responds delays neither the programs nor the shutdown.
    collector.status = null;
    const before = collector.received.length;
    await waitFor(() => collector.received.length > before, 'a push without a response', PATIENCE_MS);
    await home.ok('restart', 'sleepy');
    const stopping = Date.now();
    await home.down();
    expect(Date.now() - stopping).toBeLessThan(10_000);
  });

  test('are pushed a last time when the engine stops, and a partial success is reported', async () => {
    await using collector = await OtlpCollector.open();
    await using home = new HealerHome();
    collector.response = { partialSuccess: { rejectedDataPoints: '3', errorMessage: 'labels too long' } };
    await home.up(SLEEPY);
    await home.ok('config', 'set', 'telemetry', JSON.stringify({ endpoint: collector.url, intervalSeconds: 3600 }));
    await waitFor(
      async () => (await degraded(home)).includes('the collector rejected 3 data points: labels too long'),
      'the partial success to be reported',
      PATIENCE_MS,
    );
    expect(collector.received).toHaveLength(1);
    await home.ok('restart', 'sleepy');
    await home.down();
    expect(collector.received).toHaveLength(2);
    const restarts = collector.newest().get('healer.process.restarts')?.sum?.dataPoints ?? [];
    const byReason = restarts.map(({ attributes, asDouble }) => [attributesOf(attributes)['reason'], asDouble]);
    expect(Object.fromEntries(byReason)).toMatchObject({ operator: 1, crash: 0 });
    expect(
      [...collector.newest().values()].filter(({ sum, gauge }) => (sum ?? gauge)?.dataPoints.length === 0),
    ).toEqual([]);
  });

  test('report an invalid variable only while it is relevant', async () => {
    await using collector = await OtlpCollector.open();
    await using home = new HealerHome();
    home.extraEnv = { OTEL_METRIC_EXPORT_INTERVAL: 'often' };
    await home.up(SLEEPY);
    await home.ok('config', 'set', 'telemetry', JSON.stringify({ endpoint: collector.url }));
    expect(await degraded(home)).toContain('metrics are not pushed: OTEL_METRIC_EXPORT_INTERVAL is "often"');
    await home.ok('config', 'set', 'telemetry', JSON.stringify({ endpoint: null }));
    expect(await degraded(home)).toBe('');
    await home.down();
  });

  test('follow the setting', async () => {
    await using collector = await OtlpCollector.open();
    await using home = new HealerHome();
    await home.up(SLEEPY);
    await home.ok('config', 'set', 'telemetry', JSON.stringify({ endpoint: collector.url, intervalSeconds: 1 }));
    await waitFor(() => collector.newest().has('healer.process.up'), 'a push', PATIENCE_MS);
    expect(collector.received[0]?.path).toBe('/v1/metrics');
    await home.down();
  });

  test('cost nothing if they are not configured: no entry point of the engine loads their code', () => {
    const folder = dirname(CLI);
    const seen = new Set<string>();
    const follow = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      const text = readFileSync(join(folder, name), 'utf8');
      expect(text.includes('OTEL_EXPORTER_OTLP_COMPRESSION'), name).toBe(false);
      for (const [, next = ''] of text.matchAll(/(?:from|import)"\.\/([\w.-]+\.js)"/g)) follow(next);
    };
    follow('engine-main.js');
  });
});
