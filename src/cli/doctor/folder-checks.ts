import { dirname } from 'node:path';
import { formatMb } from '../../base/size.ts';
import type { Machine } from './machine.ts';
import { error, ok, type Verdict, warning } from './diagnosis.ts';

const MB = 2 ** 20;
const LEAST_FREE_MB = 200;

/** Checks that a folder can be used or created. */
export function checkFolder(machine: Machine, path: string): Verdict {
  const unsafe = machine.unsafe(path);
  if (unsafe !== null) return error(unsafe.message, unsafe.hint);
  const facts = machine.stat(path);
  if (facts === null) return checkParent(machine, path);
  if (!facts.isDirectory()) return error(`"${path}" is not a folder`, 'move or delete it');
  if (facts.uid !== machine.uid) {
    return error(
      `"${path}" belongs to user ${facts.uid}`,
      `change its owner to ${machine.userName}, or set HEALER_HOME`,
    );
  }
  if (!machine.isWritable(path)) return error(`"${path}" is not writable`, `chmod u+rwx "${path}"`);
  if ((facts.mode & 0o077) !== 0) return warning(`other users can access "${path}"`, `chmod 700 "${path}"`);
  return checkSpace(machine, path);
}

function checkParent(machine: Machine, path: string): Verdict {
  let parent = dirname(path);
  while (machine.stat(parent) === null && parent !== dirname(parent)) parent = dirname(parent);
  if (machine.isWritable(parent)) return ok(`"${path}" will be created`);
  return error(
    `"${path}" cannot be created: "${parent}" is not writable`,
    'change its permissions, or set HEALER_HOME',
  );
}

function checkSpace({ freeBytes }: Machine, path: string): Verdict {
  const free = freeBytes(path);
  if (free === null) return ok(`"${path}"`);
  const freeMb = Math.floor(free / MB);
  if (freeMb >= LEAST_FREE_MB) return ok(`"${path}", ${formatMb(freeMb)} free`);
  return warning(
    `only ${formatMb(freeMb)} free for "${path}"`,
    'free up disk space; log lines are lost when the disk is full',
  );
}
