import { readFileSync } from 'node:fs';
import { freePort } from './free-port.ts';
import { HealerHome } from './healer-home.ts';
import { scrape, valueIn } from './scrape.ts';

/** Burns CPU time, records how much it used in a file, and exits. */
const BURN = `import { appendFileSync } from 'node:fs';
const [, , seconds, code, file] = process.argv;
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
while (used() < Number(seconds));
appendFileSync(file, used() + '\\n');
process.exit(Number(code));`;

/** A home whose engine exports metrics. */
export class CountedHome extends HealerHome {
  port = 0;

  async open(): Promise<void> {
    this.port = await freePort();
    this.extraEnv = { HEALER_API_PORT: String(this.port) };
    this.write('burn.mjs', BURN);
  }

  /** Returns a command that uses this much CPU time, and exits. */
  burn(seconds: number, code: number, name: string): string {
    return `${process.execPath} ${this.folder}/burn.mjs ${String(seconds)} ${String(code)} ${this.folder}/${name}.used`;
  }

  /** Returns a command that uses half a core for good. */
  work(): string {
    const script = `const used = () => process.cpuUsage().user; setInterval(() => { const from = used(); while (used() < from + 2e5); }, 400)`;
    return `${process.execPath} ${this.write('work.mjs', script)}`;
  }

  /** Returns what the runs of a program report to have used in seconds, one number for each. */
  used(name: string): number[] {
    try {
      return readFileSync(`${this.folder}/${name}.used`, 'utf8').trim().split('\n').map(Number);
    } catch {
      return [];
    }
  }

  /** Returns a value that the engine exports now; undefined without such a series. */
  async value(name: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> {
    return valueIn(await scrape(this.port), name, labels);
  }

  cpu(process: string): Promise<number | undefined> {
    return this.value('healer_process_cpu_seconds_total', { process });
  }

  restarts(process: string, reason: string): Promise<number | undefined> {
    return this.value('healer_process_restarts_total', { process, reason });
  }
}

/** Returns the CPU time of a process in seconds. */
export function cpuOf(pid: number | null): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
