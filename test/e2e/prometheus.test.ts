import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CountedHome, cpuOf } from '../support/counted-home.ts';
import { Prometheus } from '../support/prometheus.ts';
import { requireTool } from '../support/require-tool.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 30_000;
const RULE_TESTS = fileURLToPath(new URL('../fixtures/prometheus/alert-rules.test.yaml', import.meta.url));
const DASHBOARD = fileURLToPath(new URL('../../docs/grafana-dashboard.json', import.meta.url));

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

/** Returns the expressions of a panel of the dashboard, with its variables as Grafana sets them for all programs. */
function expressionsOf(title?: string): string[] {
  const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as { readonly panels: readonly Panel[] };
  return panels
    .filter((panel) => title === undefined || panel.title === title)
    .flatMap(({ targets }) => targets)
    .map(({ expr }) =>
      expr.replaceAll('$engine', '.*').replaceAll('$process', '.*').replaceAll('$__rate_interval', '10s'),
    );
}

test('the alert rules raise the expected alerts on a recorded day', () => {
  requireTool('promtool');
  execFileSync('promtool', ['check', 'rules', Prometheus.RULES]);
  execFileSync('promtool', ['test', 'rules', RULE_TESTS]);
});

describe('Prometheus', () => {
  test('sees every crash, restart, removal and engine once', async () => {
    await using home = new CountedHome();
    await home.open();
    await using prometheus = await Prometheus.open(home.port);
    const seen = async (expression: string, expected: number): Promise<void> => {
      await waitFor(
        async () => (await prometheus.value(expression)) === expected,
        `${expression} to be ${String(expected)}`,
        PATIENCE_MS,
      );
    };
    const panel = (title: string, expected: number): Promise<void> => seen(expressionsOf(title)[0] ?? title, expected);
    const web = 'web - 0 -- sleep 1000';
    const db = 'db - 0 -- sleep 1000';
    const busy = `busy - 0 -- ${home.work()}`;
    await home.up(web, db, busy);
    for (const reason of ['crash', 'operator', 'cooldown']) {
      await seen(`healer_process_restarts_total{process="web",reason="${reason}"}`, 0);
    }
    await panel('Programs up', 3);
    await panel('Down, but wanted', 0);

    // A crash, and a restart by the operator.
    process.kill(await home.pid('web'), 'SIGKILL');
    await seen('healer_process_restarts_total{process="web",reason="crash"}', 1);
    await home.ok('restart', 'web');
    await home.ok('restart', 'db');
    await seen('sum(healer_process_restarts_total{reason="operator"})', 2);

    // Another crash while no engine is running.
    const lost = await home.pid('web');
    await home.killEngine();
    process.kill(lost, 'SIGKILL');
    await seen('up{job="healer"}', 0);
    await home.ok('up');
    await seen('healer_process_restarts_total{process="web",reason="crash"}', 2);
    await seen('up{job="healer"}', 1);

    // A program is removed, and added again under another engine.
    home.list(web, busy);
    await seen('count(healer_process_up) or vector(0)', 2);
    await home.killEngine();
    await home.ok('up');
    home.list(web, db, busy);
    await seen('healer_process_up{process="db"}', 1);
    await home.ok('restart', 'db');
    await seen('healer_process_restarts_total{process="db",reason="operator"}', 2);

    await home.ok('stop', 'db');
    await panel('Stopped on purpose', 1);
    await panel('Down, but wanted', 0);
    await panel('Programs up', 2);

    const increases = 'round(increase(healer_process_restarts_total[1h])) > 0';
    const counted = (await prometheus.query(increases)).map(({ metric: { process, reason }, value }) => [
      `${String(process)} ${String(reason)}`,
      Number(value[1]),
    ]);
    expect(Object.fromEntries(counted)).toEqual({ 'web crash': 2, 'web operator': 1, 'db operator': 2 });
    await panel('Restarts, last hour', 5);
    for (const counter of ['cpu_seconds', 'cooldowns', 'restarts', 'anomalies']) {
      expect(await prometheus.value(`max(resets(healer_process_${counter}_total[1h]))`), counter).toBe(0);
    }

    // The rate is the share of a core that the program really used.
    const pid = await home.pid('busy');
    const [from, startedAt] = [cpuOf(pid), Date.now()];
    await waitFor(() => Date.now() - startedAt > 10_000, 'ten seconds', PATIENCE_MS);
    const cores = (cpuOf(pid) - from) / ((Date.now() - startedAt) / 1000);
    const rate = (await prometheus.value('rate(healer_process_cpu_seconds_total{process="busy"}[10s])')) ?? 0;
    expect(Math.abs(rate - cores)).toBeLessThan(0.1);

    expect(await prometheus.ruleProblems()).toEqual([]);
    for (const expression of expressionsOf()) await prometheus.query(expression);
    await home.down();
  });

  test('sees the CPU time of a crash loop, and which programs are down', async () => {
    await using home = new CountedHome();
    await home.open();
    await using prometheus = await Prometheus.open(home.port);
    await home.up(`loop - 0 -- ${home.burn(0.3, 1, 'loop')}`, 'idle - 0 -- sleep 1000');
    await home.ok('stop', 'idle');
    await waitFor(() => home.used('loop').length >= 4, 'four runs', PATIENCE_MS);
    await waitFor(
      async () => (await prometheus.value(expressionsOf('Down, but wanted')[0] ?? '')) === 1,
      'the failure to be seen',
      PATIENCE_MS,
    );
    const spent = home
      .used('loop')
      .slice(0, 4)
      .reduce((total, each) => total + each, 0);
    // Prometheus may not have read the metrics since the fourth run ended.
    await waitFor(
      async () => ((await prometheus.value('healer_process_cpu_seconds_total{process="loop"}')) ?? 0) >= spent,
      'the CPU time of four runs to be counted',
      PATIENCE_MS,
    );
    const alerts = await prometheus.query('ALERTS{alertname="HealerProgramDown"}');
    expect(alerts.map(({ metric }) => metric['process']).filter((process) => process !== 'loop')).toEqual([]);
    await home.down();
  });
});
