import { afterEach, expect, test, vi } from 'vitest';
import { sendTo } from '../../../src/engine/os/send-signal.ts';

afterEach(() => void vi.restoreAllMocks());

// The system call is replaced: without the rule, this test would end every process of the machine.
test.each([0, -0, -1])('a signal to %s, which stands for many processes, is never sent', (pid) => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  expect(sendTo(pid, 'SIGKILL')).toBe(false);
  expect(kill).not.toHaveBeenCalled();
});

test('a signal to a process or a group is sent', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  expect(sendTo(-4711, 'SIGTERM')).toBe(true);
  expect(kill).toHaveBeenCalledWith(-4711, 'SIGTERM');
});
