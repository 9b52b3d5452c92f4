import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { HealerHome } from '../support/healer-home.ts';

type Task = Readonly<Record<string, unknown>>;

const [, playbook = ''] = /```yaml\n(- hosts: all\n.*?)```/s.exec(readFileSync('docs/fleet.md', 'utf8')) ?? [];
const [play] = parse(playbook) as readonly { readonly hosts: string; readonly tasks: readonly Task[] }[];
const COMMAND = 'ansible.builtin.command';

test('the playbook copies an invitation, joins with it, and removes it', () => {
  const modules = play?.tasks.map((task) => Object.keys(task)[0]);
  expect(modules).toEqual(['ansible.builtin.copy', COMMAND, 'ansible.builtin.file']);
});

test('the commands of the playbook exist', async () => {
  await using home = new HealerHome();
  const commands = play?.tasks.flatMap((task) => (COMMAND in task ? [String(task[COMMAND])] : [])) ?? [];
  expect(commands).toHaveLength(1);
  for (const command of commands) {
    const [program, ...words] = command.split(' ');
    expect(program).toBe('healer');
    // There is no invitation on this machine.
    expect((await home.run(...words)).stderr).toMatch(/cannot read ".*healer-invitation"/);
  }
});
