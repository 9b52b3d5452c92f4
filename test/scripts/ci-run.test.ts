import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../.ci/run', import.meta.url));
/** Behaves as the environment variables define. */
const NPM = `#!/bin/sh
case "$*" in
  'ci --ignore-scripts') exit "\${CI_STATUS:-0}" ;;
  test) printf '%s\\n' "$TEST_OUTPUT"; exit "\${TEST_STATUS:-0}" ;;
  'run test:root') printf '%s\\n' "\${ROOT_OUTPUT-2 passed, 0 failed}"; exit "\${ROOT_STATUS:-0}" ;;
  'run test:faults'*) printf '%s\\n' "\${FAULTS_OUTPUT-1 passed, 0 failed}"; exit "\${FAULTS_STATUS:-0}" ;;
  'run lint') exit "\${LINT_STATUS:-0}" ;;
esac
`;
const PASSES = { TEST_OUTPUT: '5 passed, 0 failed' };
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'healer-ci-'));
  await mkdir(join(root, 'bin'));
  await cp(SCRIPT, join(root, '.ci/run'));
  await addTool('npm', NPM);
  // So that no package is ever installed here.
  for (const name of ['tmux', 'ps', 'zsh', 'fish', 'gcc', 'perl', 'python3', 'systemd-analyze'])
    await addTool(name, '#!/bin/sh\n');
});
afterEach(() => rm(root, { recursive: true }));

async function addTool(name: string, text: string): Promise<void> {
  await writeFile(join(root, 'bin', name), text);
  await chmod(join(root, 'bin', name), 0o755);
}

async function runCi(env: Record<string, string>): Promise<{ status: number; lines: string[] }> {
  const PATH = [join(root, 'bin'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(join(root, '.ci/run'), {
    env: { ...process.env, ...env, PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [status] = (await once(child, 'close')) as [number];
  return { status, lines: output.trimEnd().split('\n') };
}

describe('the last line of the CI run has the counts', () => {
  test.each([
    ['if everything passes', PASSES, 0, '10 passed, 0 failed'],
    ['if a test fails', { TEST_OUTPUT: '4 passed, 1 failed', TEST_STATUS: '1' }, 1, '9 passed, 1 failed'],
    ['if lint fails', { TEST_OUTPUT: '5 passed, 0 failed', LINT_STATUS: '1' }, 1, '9 passed, 1 failed'],
    [
      'if the counts have no failures and the run fails',
      { TEST_OUTPUT: '5 passed, 0 failed', TEST_STATUS: '1' },
      1,
      '10 passed, 1 failed',
    ],
    ['if the tests crash without output', { TEST_OUTPUT: '', TEST_STATUS: '139' }, 1, '5 passed, 1 failed'],
    ['if the tests print no counts', { TEST_OUTPUT: 'hello' }, 1, '5 passed, 1 failed'],
    [
      'if the tests that need root cannot run',
      { ROOT_OUTPUT: '', ROOT_STATUS: '1', ...PASSES },
      1,
      '8 passed, 1 failed',
    ],
    [
      'if the fault suite finds a violation',
      { FAULTS_OUTPUT: '0 passed, 1 failed', FAULTS_STATUS: '1', ...PASSES },
      1,
      '9 passed, 1 failed',
    ],
    ['if the installation fails', { TEST_OUTPUT: '', CI_STATUS: '1' }, 1, '0 passed, 1 failed'],
  ])('%s', async (_when, env, status, lastLine) => {
    const { status: actual, lines } = await runCi(env);
    expect({ status: actual, lastLine: lines.at(-1) }).toEqual({ status, lastLine });
  });
});

test('what failed is named once more at the end, with the first line of the reason', async () => {
  const report = [' FAIL  test/a.test.ts > adds', 'AssertionError: expected 3 to be 2', ' > test/a.test.ts:7:3'];
  const { lines } = await runCi({
    TEST_OUTPUT: [...report, '4 passed, 1 failed'].join('\n'),
    TEST_STATUS: '1',
    LINT_STATUS: '1',
  });
  expect(lines.slice(lines.indexOf('== failed'))).toEqual([
    '== failed',
    ...report.slice(0, 2),
    'npm run lint',
    '8 passed, 2 failed',
  ]);
});
