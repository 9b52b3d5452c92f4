import { describe, expect, test } from 'vitest';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';
import { healthSchema } from '../../../src/protocol/spec/health-spec.ts';
import {
  addForm,
  choicesOf,
  editFocused,
  editForm,
  focusedField,
  type Form,
  moveFocus,
  readForm,
  refuseForm,
  textOf,
  turnChoice,
} from '../../../src/tui/state/form.ts';
import { formCommand } from '../../../src/tui/state/form-command.ts';
import type { FieldKey } from '../../../src/tui/state/form-fields.ts';
import { textField } from '../../../src/tui/state/text-field.ts';

const SPEC = processSpecSchema.parse({
  id: 'api',
  command: 'node',
  args: ['server.js'],
  cwd: '/srv',
  limits: { cpuPercent: 50, memoryMb: 200 },
});

/** Returns a form with other texts in some fields. */
function filled(form: Form, texts: Partial<Record<FieldKey, string>>): Form {
  const fields = form.fields.map((state) => {
    const text = texts[state.key];
    return text === undefined ? state : { ...state, field: textField(text) };
  });
  return { ...form, fields };
}

const ADD = addForm('/srv');
const EDIT = editForm('api', SPEC);

describe('focus', () => {
  test('starts on the first field', () => {
    expect(focusedField(ADD)?.key).toBe('id');
    expect(focusedField(EDIT)?.key).toBe('command');
  });

  test.each([
    [0, 1, 1],
    [0, -1, 10],
    [10, 1, 0],
    [4, 1, 5],
    [4, -1, 3],
  ])('moves from field %i by %i to field %i', (from, by, to) => {
    expect(moveFocus({ ...ADD, focused: from }, by).focused).toBe(to);
  });
});

describe('choices', () => {
  const restart = { ...ADD, focused: ADD.fields.findIndex(({ key }) => key === 'restart') };

  test('are empty for text fields', () => {
    expect(choicesOf(ADD)).toEqual([]);
  });

  test('are those of the focused field', () => {
    expect(choicesOf(restart)).toEqual(['on-failure', 'always', 'never']);
  });

  test.each([
    ['on-failure', 1, 'always'],
    ['always', 1, 'never'],
    ['never', 1, 'on-failure'],
    ['on-failure', -1, 'never'],
    ['never', -1, 'always'],
  ] as const)('from %s, step %i selects %s', (from, by, to) => {
    expect(textOf(turnChoice(filled(restart, { restart: from }), by), 'restart')).toBe(to);
  });

  test('in a text field, the step moves the caret', () => {
    const typed = filled(ADD, { id: 'web' });
    expect(focusedField(turnChoice(typed, -1))?.field).toEqual({ text: 'web', caret: 2 });
    expect(focusedField(turnChoice(turnChoice(typed, -1), 1))?.field).toEqual({ text: 'web', caret: 3 });
  });
});

describe('reading', () => {
  test('a new program reads all fields', () => {
    expect(readForm(filled(ADD, { id: ' web ', command: 'node x', cpu: '50', memory: '100', env: 'A=1' }))).toEqual({
      kind: 'read',
      id: 'web',
      values: {
        command: 'node',
        args: ['x'],
        cwd: '/srv',
        limits: { cpuPercent: 50, memoryMb: 100 },
        restart: { policy: 'on-failure' },
        healing: 'heal',
        autostart: true,
        env: { A: '1' },
        schedule: null,
        groups: [],
      },
    });
  });

  test.each<[Partial<Record<FieldKey, string>>, object]>([
    [{}, {}],
    [{ cpu: '80' }, { limits: { cpuPercent: 80 } }],
    [{ cpu: '80', memory: '' }, { limits: { cpuPercent: 80, memoryMb: null } }],
    [{ restart: 'always' }, { restart: { policy: 'always' } }],
    [{ cwd: '' }, { cwd: null }],
    [
      { restart: 'never', attempts: '4', cooldownRestarts: '3', cooldownDuration: '5m' },
      { restart: { policy: 'never', maxAttempts: 4, cooldown: { restarts: 3, durationMs: '5m' } } },
    ],
    [
      { health: 'tcp 80', healthInterval: '5s' },
      { health: { check: { type: 'tcp', host: '127.0.0.1', port: 80 }, intervalMs: '5s' } },
    ],
    [
      { leak: 'log', descendants: '9' },
      { anomaly: { leak: { enabled: true, action: 'log' }, forkBomb: { maxDescendants: 9 } } },
    ],
    [{ command: 'bun x' }, { command: 'bun', args: ['x'] }],
  ])('of changes %j reads %j', (texts, values) => {
    expect(readForm(filled(EDIT, texts))).toEqual({ kind: 'read', id: 'api', values });
  });

  test('a health check that is removed is not kept by its other fields', () => {
    const form = editForm('api', { ...SPEC, health: healthSchema.parse({ check: { type: 'tcp', port: 80 } }) });
    const values = { health: null };
    expect(readForm(filled(form, { health: '', healthInterval: '9s' }))).toEqual({ kind: 'read', id: 'api', values });
  });

  test('reports all problems and focuses the first', () => {
    const read = readForm(filled({ ...ADD, focused: 9 }, { id: 'web', cpu: 'x', memory: 'y' }));
    expect(read.kind).toBe('invalid');
    const form = read.kind === 'invalid' ? read.form : ADD;
    expect(form.fields.flatMap(({ key, problem }) => (problem === null ? [] : [key]))).toEqual([
      'command',
      'cpu',
      'memory',
    ]);
    expect(focusedField(form)?.key).toBe('command');
  });

  test('does not report problems of fields that were not changed', () => {
    const broken = {
      ...EDIT,
      fields: EDIT.fields.map((field) => ({ ...field, original: 'x', field: textField('x') })),
    };
    expect(readForm(broken)).toEqual({ kind: 'read', id: 'api', values: {} });
  });
});

describe('problems of the engine', () => {
  test.each([
    ['definition.id', 'id'],
    ['definition.command', 'command'],
    ['definition.args.2', 'command'],
    ['definition.cwd', 'cwd'],
    ['definition.limits.cpuPercent', 'cpu'],
    ['definition.limits.memoryMb', 'memory'],
    ['definition.restart.policy', 'restart'],
    ['definition.env.PATH', 'env'],
    ['definition.schedule', 'schedule'],
    ['schedule', 'schedule'],
    ['changes.autostart', 'autostart'],
  ])('at %s are shown at the field %s', (path, key) => {
    const refused = refuseForm(ADD, 'invalid', [{ path, message: 'wrong' }]);
    expect(refused.fields.flatMap((field) => (field.problem === null ? [] : [[field.key, field.problem]]))).toEqual([
      [key, 'wrong'],
    ]);
    expect(refused.problem).toBeNull();
    expect(focusedField(refused)?.key).toBe(key);
  });

  test.each([
    ['definition.limits', 'definition.limits: wrong'],
    ['definition.idle', 'definition.idle: wrong'],
    ['definition.dependsOn.0', 'definition.dependsOn.0: wrong'],
    ['changes.command', null],
    ['changes.restart.backoffMs.1', null],
    ['changes.restart.cooldown.windowMs', null],
    ['changes.health.check.url', null],
    ['changes.health.failures', null],
    ['changes.anomaly.spike.minPercent', null],
    ['changes.notify.0', null],
  ])('at %s are shown below the form as %j', (path, problem) => {
    expect(refuseForm(EDIT, 'invalid', [{ path, message: 'wrong' }]).problem).toBe(problem);
  });

  test.each([
    ['health.check.port', 'health'],
    ['health.intervalMs', 'healthInterval'],
    ['health.successesRequired', 'health'],
    ['restart.backoffMs.1', 'backoff'],
  ])('at %s are shown at the most specific field, %s', (path, key) => {
    const refused = refuseForm(EDIT, 'invalid', [{ path: `changes.${path}`, message: 'wrong' }]);
    expect(focusedField(refused)).toMatchObject({ key, problem: 'wrong' });
  });

  test('without a path show the message', () => {
    const refused = refuseForm({ ...EDIT, isSent: true, focused: 3 }, 'the engine is shutting down', []);
    expect(refused).toMatchObject({ problem: 'the engine is shutting down', isSent: false, focused: 3 });
  });

  test('that belong to no field are joined', () => {
    const issues = [
      { path: 'x', message: 'one' },
      { path: 'y', message: 'two' },
    ];
    expect(refuseForm(EDIT, 'invalid', issues).problem).toBe('x: one; y: two');
  });

  test('are cleared by editing the field', () => {
    const refused = refuseForm(ADD, 'invalid', [{ path: 'id', message: 'already used' }]);
    const edited = editFocused(refused, () => textField('other'));
    expect(focusedField(edited)).toMatchObject({ problem: null, field: { text: 'other' } });
    expect(edited.problem).toBeNull();
  });
});

describe('the equivalent command', () => {
  const TCP_COMMAND =
    'healer update --set health.check.type=tcp --set health.check.host=127.0.0.1 --set health.check.port=80 api';

  test.each<[Form, Partial<Record<FieldKey, string>>, string]>([
    [ADD, { id: 'web', command: 'node x' }, 'healer add web -- node x'],
    [ADD, { id: 'web', command: 'node x', cpu: '50' }, 'healer add --cpu 50 web -- node x'],
    [
      ADD,
      { id: 'web', command: 'x', cwd: '/a b', memory: '9', restart: 'never', autostart: 'no' },
      "healer add --cwd '/a b' --memory 9 --restart never --no-autostart web -- x",
    ],
    [ADD, { id: 'web', command: 'x', env: 'A=1' }, 'healer add --set env.A=1 web -- x'],
    [ADD, { id: 'web', command: 'x', healing: 'observe' }, 'healer add --set healing=observe web -- x'],
    [ADD, { id: 'web', command: 'x', schedule: '0 4 * * *' }, "healer add --set 'schedule=0 4 * * *' web -- x"],
    [EDIT, {}, 'healer update api'],
    [EDIT, { cpu: '' }, 'healer update --cpu none api'],
    [EDIT, { memory: '' }, 'healer update --memory none api'],
    [EDIT, { memory: '800' }, 'healer update --memory 800 api'],
    [EDIT, { command: 'bun x' }, 'healer update api -- bun x'],
    [EDIT, { overlap: 'queue' }, 'healer update --set scheduling.overlap=queue api'],
    [
      EDIT,
      { attempts: '3', backoff: '0 1s' },
      `healer update --set restart.maxAttempts=3 --set 'restart.backoffMs=[0,"1s"]' api`,
    ],
    [EDIT, { health: 'tcp 80' }, TCP_COMMAND],
    [EDIT, { healthFailures: '3 of 5' }, "healer update --set 'health.failures=3 of 5' api"],
    [EDIT, { maxRuntime: '7' }, 'healer update --set maxRuntimeMs=7 api'],
    [EDIT, { leak: 'off' }, 'healer update --set anomaly.leak.enabled=false api'],
  ])('of form %# with %j is %j', (form, texts, command) => {
    expect(formCommand(filled(form, texts))).toBe(command);
  });
});

test('a new program runs in the directory of the screen', () => {
  expect(textOf(ADD, 'cwd')).toBe('/srv');
  expect(textOf(ADD, 'env')).toBe('');
});

test('texts of a definition are made safe to show', () => {
  const form = editForm('api', { ...SPEC, cwd: '/srv/\x1b[2Jx' });
  expect(textOf(form, 'cwd')).toBe('/srv/x');
});

describe('the environment of an existing program', () => {
  const form = editForm('api', { ...SPEC, env: { A: '1', B: 'two words' } });

  test('is changed by a command that repeats no other variable', () => {
    expect(formCommand(filled(form, { env: "A=2 'B=two words'" }))).toBe('healer update --set env.A=2 api');
  });

  test('sends only what was added or changed', () => {
    expect(readForm(filled(form, { env: "A=2 'B=two words' C=3" }))).toMatchObject({
      kind: 'read',
      values: { env: { A: '2', C: '3' } },
    });
  });

  test('says how a variable is removed, because an update keeps it', () => {
    const read = readForm(filled(form, { env: 'A=1' }));
    const field = read.kind === 'invalid' ? read.form.fields.find(({ key }) => key === 'env') : undefined;
    expect(field?.problem).toContain('healer update ID --unset env.B');
  });
});
