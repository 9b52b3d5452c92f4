/** One line of ps(1), with columns that every Unix supports. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly name: string;
}

const TIMEOUT_MS = 10_000;
const COLUMNS = 'pid=,ppid=,pgid=,stat=,comm=';
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/;

/** Lists all running processes with ps(1). @throws ExecaError if ps cannot be executed */
export async function listProcesses(): Promise<readonly ListedProcess[]> {
  const { execa } = await import('execa');
  const { stdout } = await execa('ps', ['-A', '-o', COLUMNS], { timeout: TIMEOUT_MS, env: { LC_ALL: 'C' } });
  return parseProcessListing(stdout);
}

/** Parses the output of ps(1), without zombies. */
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

/** Some systems print the path of the executable, others only its name. */
function baseName(command: string): string {
  return command.slice(command.lastIndexOf('/') + 1);
}
