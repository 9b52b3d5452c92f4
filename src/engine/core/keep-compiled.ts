import { writeCompiled } from '../../base/keep-compiled.ts';
import { ownStartCode } from '../../base/start-code.ts';
import { withUsualCompilation } from './keep-code-warm.ts';

/** After this time, an engine has started its programs, and V8 has compiled the code for it. */
const SETTLED_MS = 2_000;

/** Keeps the compiled form of the engine's code for its next start, unless it was there. Runs later, and never fails. */
export function keepCompiledLater(): void {
  const code = ownStartCode();
  if (code === undefined || code.isCompiled || code.ownFile === null) return;
  const { ownFile } = code;
  setTimeout(() => {
    withUsualCompilation(() => {
      writeCompiled(code, ownFile);
    });
  }, SETTLED_MS).unref();
}
