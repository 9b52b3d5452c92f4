import manifest from '../../package.json' with { type: 'json' };

/** Where the project lives, from package.json: its owner is a placeholder until the first release. */
const REPOSITORY = manifest.homepage.replace(/#.*$/, '');

/** The schema of healer.yaml as of this version, for editors. Not a path: the package may be updated, or be in a cache. */
export const SCHEMA_URL = `${REPOSITORY.replace('https://github.com/', 'https://raw.githubusercontent.com/')}/v${manifest.version}/schema/healer.schema.json`;
