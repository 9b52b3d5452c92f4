/**
 * A replacement for the package `dotenv`, for ecosystem files whose project is not installed: most of those that need a
 * package need only this one, to read a `.env` file. This is JavaScript for the process that evaluates the file; it
 * defines `dotenv` and `registerDotenv()`.
 */
export const DOTENV_STAND_IN = `
import Module from 'node:module';
import { parseEnv } from 'node:util';
const dotenv = {
  parse: (text) => parseEnv(String(text)),
  config({ path = '.env', override = false, encoding = 'utf8' } = {}) {
    const parsed = {};
    try {
      for (const one of [path].flat()) for (const [name, value] of Object.entries(parseEnv(readFileSync(one, encoding)))) parsed[name] ??= value;
    } catch (error) {
      return { parsed, error };
    }
    for (const [name, value] of Object.entries(parsed)) if (override || process.env[name] === undefined) process.env[name] = value;
    return { parsed };
  },
};
const standIns = { dotenv: () => dotenv, 'dotenv/config': () => dotenv.config() };
const isMissing = (error, name) => ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(error?.code) && error.message.includes("'" + name + "'");
const loadModule = Module._load;
Module._load = function (name, ...rest) {
  try {
    return loadModule.call(this, name, ...rest);
  } catch (error) {
    if (!Object.hasOwn(standIns, name) || !isMissing(error, name)) throw error;
    return standIns[name]();
  }
};
const registerDotenv = () => {
  globalThis.healerStandIns = standIns;
  const source = (name) => "const { config, parse } = globalThis.healerStandIns['" + name + "'](); export default { config, parse }; export { config, parse };";
  const hook = 'export const resolve = async (name, context, next) => { try { return await next(name, context); } catch (error) {'
    + ' const source = (' + JSON.stringify({ dotenv: source('dotenv'), 'dotenv/config': source('dotenv/config') }) + ')[name];'
    + " if (source === undefined) throw error; return { url: 'data:text/javascript,' + encodeURIComponent(source), shortCircuit: true }; } };";
  Module.register('data:text/javascript,' + encodeURIComponent(hook));
};
`;
