/** What the published manifest takes from that of the repository. */
const KEPT = [
  'name',
  'version',
  'description',
  'license',
  'author',
  'repository',
  'bugs',
  'homepage',
  'keywords',
  'type',
  'bin',
  'exports',
  'os',
  'engines',
];

/**
 * Returns the manifest that is published: everything is bundled but the native package, so an installation needs only that.
 * @param pages paths of the man pages in the package
 */
export function publishedManifest(manifest, { native, pages }) {
  return {
    ...Object.fromEntries(KEPT.map((key) => [key, manifest[key]])),
    ...(pages.length === 0 ? {} : { man: pages.map((page) => `./${page}`) }),
    dependencies: { [native]: manifest.dependencies[native] },
    publishConfig: { access: 'public', provenance: true },
  };
}
