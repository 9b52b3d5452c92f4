import { HealerError } from '../../protocol/errors.ts';
import { connectBus, type Bus, type BusOptions } from '../bus/connect-bus.ts';
import { personCredentialFile, readCredential } from '../bus/credential.ts';

/**
 * Connects to the fleet whose credential the user holds.
 * @param configDir the configuration folder of the user
 * @throws HealerError FORBIDDEN without a credential, INVALID_CONFIG if it is damaged, or the errors of `connectBus`
 */
export async function connectFleet(configDir: string, options: BusOptions): Promise<Bus> {
  const file = personCredentialFile(configDir);
  const credential = readCredential(file);
  if (credential === null) throw noCredential(file);
  return connectBus(credential, options);
}

/** Returns the error of a user who holds no credential. */
export function noCredential(file: string): HealerError {
  return new HealerError(
    'FORBIDDEN',
    `this user holds no credential of a fleet ("${file}" does not exist): run "healer fleet init" to begin a fleet, or ask its administrator for an invitation`,
    { file },
  );
}
