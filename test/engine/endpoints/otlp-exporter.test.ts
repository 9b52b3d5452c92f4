import { describe, expect, test } from 'vitest';
import { createOtlpExporter } from '../../../src/engine/endpoints/otlp-exporter.ts';
import type { Figure } from '../../../src/policy/figures.ts';
import { attributesOf, OtlpCollector } from '../../support/otlp-collector.ts';

const SENDER = { instanceId: 'box/default', hostName: 'box', version: '1.2.3' };
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
      { labels: { process: 'web' }, value: 1.5, sinceMs: 1_000_000 },
      { labels: { process: 'db' }, value: 0, sinceMs: 9_000_000 },
    ],
  },
  { name: 'healer.process.healthy', kind: 'gauge', unit: '', help: 'Healthy.', points: [] },
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
    // The clock was set back: no point may start after its time.
    expect(cpu?.sum?.dataPoints[1]).toMatchObject({
      startTimeUnixNano: '1234567000000',
      timeUnixNano: '1234567000000',
    });
    expect(up?.gauge?.dataPoints[0]?.startTimeUnixNano).toBe('0');
    // Receivers refuse a metric without points, and some refuse the whole request with it.
    expect([...collector.newest().keys()]).toEqual(['healer.process.up', 'healer.process.cpu']);
  });

  test.each([
    ['', {}],
    ['', { partialSuccess: {} }],
    ['rejected 3 data points: too old', { partialSuccess: { rejectedDataPoints: '3', errorMessage: 'too old' } }],
    ['rejected 2 data points', { partialSuccess: { rejectedDataPoints: 2 } }],
    ['with a warning: slow down', { partialSuccess: { rejectedDataPoints: '0', errorMessage: 'slow down' } }],
  ])('reports "%s" for the response %j, and does not push the same again', async (expected, response) => {
    await using collector = await OtlpCollector.open();
    collector.response = response;
    const exporter = createOtlpExporter(`${collector.url}/v1/metrics`, 5_000, SENDER);
    const complaint = await exporter.push(FIGURES, 0);
    expect(complaint ?? '').toContain(expected);
    if (expected === '') expect(complaint).toBeNull();
    collector.response = {};
    expect(await exporter.push(FIGURES, 0)).toBeNull();
    await exporter.close();
    expect(collector.received).toHaveLength(2);
  });

  test('pushes nothing if no metric has a point', async () => {
    await using collector = await OtlpCollector.open();
    const exporter = createOtlpExporter(`${collector.url}/v1/metrics`, 5_000, SENDER);
    expect(await exporter.push(FIGURES.slice(2), 0)).toBeNull();
    await exporter.close();
    expect(collector.received).toEqual([]);
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
