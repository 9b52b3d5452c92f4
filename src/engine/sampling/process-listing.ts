/** A line of the process list that every Unix can give. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly name: string;
}

const TIMEOUT_MS = 10_000;
const COLUMNS = 'pid=,ppid=,pgid=,stat=,comm=';
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/;

/** Every living process, from ps(1). @throws ExecaError when ps cannot be run. */
export async function listProcesses(): Promise<readonly ListedProcess[]> {
  const { execa } = await import('execa');
  const { stdout } = await execa('ps', ['-A', '-o', COLUMNS], { timeout: TIMEOUT_MS, env: { LC_ALL: 'C' } });
  return parseProcessListing(stdout);
}

/** Dead ones that wait for their parent are left out. */
export function parseProcessListing(text: string): readonly ListedProcess[] {
  const processes: ListedProcess[] = [];
  for (const line of text.split('\n')) {
    const [, pid, parentPid, groupId, state = '', command = ''] = LINE.exec(line) ?? [];
    if (pid === undefined || state.startsWith('Z')) continue;
    processes.push({
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      name: baseName(command.trim()),
    });
  }
  return processes;
}

/** Some systems tell the path of the executable, others its name only. */
function baseName(command: string): string {
  return command.slice(command.lastIndexOf('/') + 1);
}
