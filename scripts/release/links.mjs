import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** A link or an image whose target is a path. */
const LINK = /(!?)(\[[^\]]*\]\()(?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?(?=[)\s])/g;

/**
 * Returns a Markdown text whose links to files that the package does not contain lead to the repository.
 * @param file path of the text in the package
 */
export function withLinksToRepository(text, { file, folder, repository, version }) {
  return text.replaceAll(LINK, (link, image, start, path, anchor = '') => {
    const target = resolve(dirname(file), path);
    if (existsSync(target)) return link;
    const place = `${image === '' ? 'blob' : 'raw'}/v${version}/${relative(folder, target)}`;
    return `${image}${start}${repository}/${place}${anchor}`;
  });
}

/** Returns the address of the repository for people, from the one for git. */
export function repositoryUrl({ url }) {
  return url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/** Returns the links of a Markdown text that lead to files which do not exist. */
export function deadLinks(text, file) {
  return [...text.matchAll(LINK)].map(([, , , path]) => path).filter((path) => !existsSync(join(dirname(file), path)));
}
