import { describe, expect, test } from 'vitest';
import { requirePausing } from '../../../src/engine/os/pausing.ts';
import { HealerError } from '../../../src/protocol/errors.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('pausing', () => {
  test.each(['linux', 'darwin', 'freebsd'] as const)('is possible on %s', (platform) => {
    expect(() => requirePausing('pause', 'web', platform)).not.toThrow();
  });

  test.each(['pause', 'resume'] as const)('%s is refused on Windows, with the code of the platform', (operation) => {
    const error = thrownBy(() => requirePausing(operation, 'web', 'win32'));
    expect(error).toBeInstanceOf(HealerError);
    expect(error).toMatchObject({
      code: 'PLATFORM_NOT_SUPPORTED',
      message: `cannot ${operation} "web": Windows cannot suspend processes — use "healer stop web" and "healer start web" instead`,
    });
  });
});
