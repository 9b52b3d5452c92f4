import { afterAll, beforeAll, expect, test } from 'vitest';
import { HealerError } from '../../src/protocol/errors.ts';
import type { ProcessSpec } from '../../src/protocol/process-spec.ts';
import { editForm, type FieldIssue, type Form, readForm, refuseForm } from '../../src/tui/state/form.ts';
import type { FieldKey } from '../../src/tui/state/form-fields.ts';
import { textField } from '../../src/tui/state/text-field.ts';
import { HealerHome } from '../support/healer-home.ts';

let home: HealerHome;
let spec: ProcessSpec;
const presentSpec = (): Promise<ProcessSpec> => home.ask(async (api) => (await api.describe({ id: 'a' })).spec);
beforeAll(async () => {
  home = new HealerHome();
  await home.up('a - - -- sleep 100000');
  spec = await presentSpec();
});
afterAll(() => home[Symbol.asyncDispose]());

/** The texts that are wrong in each field of the edit form. */
const WRONG: Partial<Readonly<Record<FieldKey, readonly string[]>>> = {
  command: ['', 'sleep "1'],
  cwd: ['relative', './current', '~/app'],
  cpu: ['abc', '-5', '0', '50M', '50 %%', '1,5'],
  memory: ['5%', '0', '1 parsec', '-1G', 'NaN', 'Infinity'],
  restart: ['sometimes', ''],
  healing: ['off'],
  autostart: ['maybe'],
  env: ['A', '=x', 'A="b', 'A B=c'],
  schedule: ['61 * * * *', '@never', '* *', 'daily'],
  overlap: ['x'],
  maxRuntime: ['abc', '-5s', '0', '5 parsecs'],
  reload: ['graceful'],
  groups: ['web @c', 'b$'],
  attempts: ['x', '-1', '1.5', '5M', '5%', '0'],
  backoff: ['', '1x', '-1s'],
  cooldownRestarts: ['0', '2.5', '5G', '5%', ''],
  cooldownWindow: ['', '1x'],
  cooldownDuration: ['999999h', 'x'],
  health: ['ftp://x', 'http://', 'tcp 99999', 'tcp x', 'exec', 'exec "a', 'tcp :80'],
  healthEnabled: ['perhaps', 'no'],
  healthInterval: ['5s', '0'],
  healthTimeout: ['x'],
  healthFailures: ['0', '5 of 3', 'x', ''],
  leak: ['stop'],
  leakGrowth: ['-1', '5%'],
  spikePercent: ['5M', 'x'],
  descendants: ['0', '1.5', '5%', '5M'],
  notify: ['crash', 'all none'],
};

function typed(key: FieldKey, text: string, of = spec): Form {
  const form = editForm('a', of);
  return {
    ...form,
    fields: form.fields.map((state) => (state.key === key ? { ...state, field: textField(text) } : state)),
  };
}

/** Sends a form as the terminal UI does. Returns the form with its problems; null if the engine took the changes. */
async function refused(form: Form): Promise<Form | null> {
  const read = readForm(form);
  if (read.kind === 'invalid') return read.form;
  try {
    await home.ask((api) => api.update({ id: 'a', changes: read.values }));
    return null;
  } catch (error) {
    if (!(error instanceof HealerError)) throw error;
    const { issues = [] } = error.data as { readonly issues?: readonly FieldIssue[] };
    return refuseForm(form, error.message, issues);
  }
}

const CASES = Object.entries(WRONG).flatMap(([key, texts]) => texts.map((text) => ({ key: key as FieldKey, text })));

test.each(CASES)('the edit form refuses "$text" at the field $key, and changes nothing', async ({ key, text }) => {
  const form = await refused(typed(key, text));
  const problems = form?.fields.filter(({ problem }) => problem !== null).map(({ key: at }) => at);
  expect({ problems, whole: form?.problem }).toEqual({ problems: [key], whole: null });
  expect(form?.fields.find((state) => state.key === key)?.problem).toMatch(/^\S.{10,}/);
  expect(await presentSpec()).toEqual(spec);
});

test('the edit form changes a part of the health check, and the rest stays', async () => {
  expect(await refused(typed('health', 'tcp 127.0.0.1:1'))).toBeNull();
  for (const [key, text] of [
    ['healthInterval', '7s'],
    ['healthTimeout', '2500ms'],
  ] as const)
    expect(await refused(typed(key, text, await presentSpec())), key).toBeNull();
  expect((await presentSpec()).health).toMatchObject({
    check: { type: 'tcp', host: '127.0.0.1', port: 1 },
    intervalMs: 7000,
    timeoutMs: 2500,
  });
  expect(await home.ok('update', 'a', '--set', 'health.timeoutMs=3000')).toContain('"a"');
  expect((await presentSpec()).health).toMatchObject({ intervalMs: 7000, timeoutMs: 3000 });
});
