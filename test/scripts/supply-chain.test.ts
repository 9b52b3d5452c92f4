import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

/**
 * Packages with an install script, after a review of it. koffi and esbuild contain what they need; their scripts only look
 * for it. Neither script runs in CI.
 */
const REVIEWED = ['esbuild', 'koffi'];

function read(file: string): string {
  return readFileSync(`${ROOT}${file}`, 'utf8');
}

const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
const locked = Object.entries(
  (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages,
).filter(([path]) => path !== '');

test('every direct dependency has an exact version', () => {
  const versions = Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  expect(versions.filter(([, version]) => !/^(npm:[@\w/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('every package is locked with its hash and comes from one registry', () => {
  const registries = new Set(
    locked.flatMap(([, { resolved }]) => (resolved === undefined ? [] : new URL(resolved).host)),
  );
  // The lock file need not name the registry.
  expect(registries.size).toBeLessThanOrEqual(1);
  expect(locked.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
});

test('only reviewed packages have an install script, and neither npm nor CI runs any of them', () => {
  const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
  expect(scripted.map((path) => path.split('node_modules/').at(-1)).toSorted()).toEqual(REVIEWED);
  expect(manifest['allowScripts']).toEqual(Object.fromEntries(REVIEWED.map((name) => [name, false])));
  expect(read('.ci/run')).toContain('npm ci --ignore-scripts');
  expect(read('.github/workflows/ci.yml')).toMatch(
    /npm audit --omit=dev[\s\S]*npm audit signatures[\s\S]*release:sbom/,
  );
});

test('every action of a workflow is pinned to a commit, and no workflow may write more than it needs', () => {
  const workflows = readdirSync(`${ROOT}.github/workflows`).map((name) => read(`.github/workflows/${name}`));
  expect(workflows).toHaveLength(2);
  for (const text of workflows) {
    const actions = [...text.matchAll(/uses: *(.+)/g)].map(([, action = '']) => action);
    expect(actions.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
    expect(text).toContain('permissions:\n  contents: read\n');
    expect(text).not.toMatch(/pull_request_target|npm ci(?! --ignore-scripts)/);
  }
});

test('a release is audited and published without scripts, and carries its bill of materials', () => {
  expect(read('.github/workflows/release.yml')).toMatch(
    /tags: \['v\*'\][\s\S]*npm ci --ignore-scripts[\s\S]*npm audit --omit=dev[\s\S]*npm audit signatures[\s\S]*release:sbom > "healer-\$GITHUB_REF_NAME\.cdx\.json"[\s\S]*npm run --silent release:pack[\s\S]*npm publish "\.\/healer-.*\.tgz" --ignore-scripts --provenance[\s\S]*gh release create .*"healer-\$GITHUB_REF_NAME\.cdx\.json"/,
  );
});

test('the bill of materials of a release names every published package', () => {
  const output = execFileSync('npm', ['run', '--silent', 'release:sbom'], { cwd: ROOT, encoding: 'utf8' });
  const { bomFormat, components } = JSON.parse(output) as { bomFormat: string; components: { name: string }[] };
  expect(bomFormat).toBe('CycloneDX');
  const names = components.map(({ name }) => name);
  const published = Object.keys(manifest['dependencies'] ?? {}).filter((name) => name !== 'ink-table');
  expect(published.filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => ['vitest', 'eslint', 'esbuild'].includes(name))).toEqual([]);
});
