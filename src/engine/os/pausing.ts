import { HealerError } from '../../protocol/errors.ts';

/**
 * Does nothing on a platform where processes can be suspended by SIGSTOP and continued by SIGCONT.
 * @throws HealerError PLATFORM_NOT_SUPPORTED on Windows, which has no such signals
 */
export function requirePausing(operation: 'pause' | 'resume', id: string, platform = process.platform): void {
  if (platform !== 'win32') return;
  const next = `use "healer stop ${id}" and "healer start ${id}" instead`;
  const message = `cannot ${operation} "${id}": Windows cannot suspend processes — ${next}`;
  throw new HealerError('PLATFORM_NOT_SUPPORTED', message, { id, operation, platform });
}
