import manifest from '../../package.json' with { type: 'json' };

/** The version in package.json, inlined by the build. */
export const PACKAGE_VERSION: string = manifest.version;
