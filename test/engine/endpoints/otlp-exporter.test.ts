import { describe, expect, test } from 'vitest';
import { createOtlpExporter } from '../../../src/engine/endpoints/otlp-exporter.ts';
import type { Figure } from '../../../src/policy/figures.ts';
import { attributesOf, OtlpCollector } from '../../support/otlp-collector.ts';

const SENDER = { instanceId: 'box/default', hostName: 'box', version: '1.2.3', startedAtMs: 1_000_000 };
const FIGURES: readonly Figure[] = [
  {
    name: 'healer.process.up',
    kind: 'gauge',
    unit: '',
    help: 'Up.',
    points: [{ labels: { process: 'web' }, value: 1 }],
  },
  {
    name: 'healer.process.cpu',
    kind: 'counter',
    unit: 's',
    help: 'CPU.',
    points: [
      { labels: { process: 'web' }, value: 1.5 },
      { labels: { process: 'db' }, value: 0 },
    ],
  },
];

describe('the OpenTelemetry exporter', () => {
  test('pushes gauges and cumulative sums with the resource attributes of the sender', async () => {
    await using collector = await OtlpCollector.open();
    const exporter = createOtlpExporter(`${collector.url}/v1/metrics`, 5_000, SENDER);
    await exporter.push(FIGURES, 1_234_567);
    await exporter.close();
    const [request] = collector.received;
    expect(request?.path).toBe('/v1/metrics');
    const [resource] = request?.body.resourceMetrics ?? [];
    expect(attributesOf(resource?.resource.attributes ?? [])).toEqual({
      'service.name': 'healer',
      'service.version': '1.2.3',
      'service.instance.id': 'box/default',
      'host.name': 'box',
    });
    const up = collector.newest().get('healer.process.up');
    expect(up).toMatchObject({ unit: '', description: 'Up.', gauge: { dataPoints: [{ asDouble: 1 }] } });
    const cpu = collector.newest().get('healer.process.cpu');
    expect(cpu).toMatchObject({ unit: 's', sum: { isMonotonic: true, aggregationTemporality: 2 } });
    expect(cpu?.sum?.dataPoints.map(({ attributes, asDouble }) => [attributesOf(attributes), asDouble])).toEqual([
      [{ process: 'web' }, 1.5],
      [{ process: 'db' }, 0],
    ]);
    expect(cpu?.sum?.dataPoints[0]).toMatchObject({
      startTimeUnixNano: '1000000000000',
      timeUnixNano: '1234567000000',
    });
  });

  test('rejects if no collector is listening', async () => {
    await using collector = await OtlpCollector.open({ isListening: false });
    const exporter = createOtlpExporter(`${collector.url}/v1/metrics`, 300, SENDER);
    await expect(exporter.push(FIGURES, 0)).rejects.toThrow();
    await collector.listen();
    collector.status = 400;
    await expect(exporter.push(FIGURES, 0)).rejects.toThrow();
    collector.status = null;
    await expect(exporter.push(FIGURES, 0)).rejects.toThrow();
    collector.status = 200;
    await exporter.push(FIGURES, 0);
    await exporter.close();
  });
});
