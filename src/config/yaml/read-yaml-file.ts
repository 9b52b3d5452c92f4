import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';

/**
 * Returns the contents of a YAML file; null if there is no such file.
 * @throws HealerError INVALID_CONFIG if it cannot be read, or is not YAML.
 */
export function readYamlFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    const [first = ''] = messageOf(error).split('\n');
    throw new HealerError('INVALID_CONFIG', `cannot read ${file}: ${first} — correct it, or move it away`);
  }
}
