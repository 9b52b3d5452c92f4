/**
 * Prints the bill of materials of what is published, as CycloneDX JSON. `npm sbom --omit=dev` leaves out packages that
 * development needs too, so this selects the packages that the published ones depend on.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'inherit'] };
const bom = JSON.parse(execFileSync('npm', ['sbom', '--sbom-format=cyclonedx'], options));

const dependsOn = new Map(bom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
const root = bom.metadata.component['bom-ref'];
const nameOf = new Map(bom.components.map((component) => [component['bom-ref'], component.name]));
const published = new Set([root]);
const waiting = (dependsOn.get(root) ?? []).filter((ref) => Object.hasOwn(dependencies, nameOf.get(ref)));
const direct = [...waiting];
for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
  if (published.has(ref)) continue;
  published.add(ref);
  waiting.push(...(dependsOn.get(ref) ?? []));
}

const components = bom.components
  .filter((component) => published.has(component['bom-ref']))
  .map((component) => withoutDevelopment(component));
const links = bom.dependencies
  .filter(({ ref }) => published.has(ref))
  .map((link) => (link.ref === root ? { ...link, dependsOn: direct } : link));
process.stdout.write(`${JSON.stringify({ ...bom, components, dependencies: links }, null, 2)}\n`);

/** npm marks packages that development needs too. */
function withoutDevelopment({ properties = [], ...component }) {
  const kept = properties.filter(({ name }) => name !== 'cdx:npm:package:development');
  return kept.length === 0 ? component : { ...component, properties: kept };
}
