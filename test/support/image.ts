import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createDistrolessRoot, createSlimRoot } from './debian-root.ts';

/** An image as a Dockerfile describes it. */
export interface Image {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string;
  /** ENTRYPOINT and CMD. */
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  readonly volumes: readonly string[];
}

interface Stage extends Image {
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
}

const BASES: Readonly<Record<string, (root: string) => void>> = {
  'node:22-bookworm-slim': createSlimRoot,
  'gcr.io/distroless/nodejs22-debian12': createDistrolessRoot,
};

/** What a build reads. */
export interface Build {
  /** The folder with the files that COPY names. */
  readonly context: string;
  /** A folder for the file systems. */
  readonly work: string;
  /** Variables for RUN that are no part of the image. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs the steps of a Dockerfile in root file systems below `work`, as far as the documents use them.
 * @throws Error for an instruction that is not supported, and for a command that fails
 */
export async function buildImage(dockerfile: string, build: Build): Promise<Image> {
  const stages: Stage[] = [];
  for (const [keyword, text] of instructionsIn(dockerfile)) {
    const next =
      keyword === 'FROM' ? startStage(text, stages.length, build) : await changed(stages, keyword, text, build);
    if (keyword !== 'FROM') stages.pop();
    stages.push(next);
  }
  const last = stages.at(-1);
  if (last === undefined) throw new Error('the Dockerfile has no FROM');
  return { ...last, command: [...last.entrypoint, ...last.command] };
}

function instructionsIn(dockerfile: string): (readonly [keyword: string, text: string])[] {
  const lines = dockerfile.replaceAll(/\\\n\s*/g, ' ').split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)] as const);
}

function startStage(text: string, number: number, { work }: Build): Stage {
  const [base = '', , name = String(number)] = text.split(' ');
  const create = BASES[base];
  if (create === undefined) throw new Error(`unknown base image "${base}"`);
  const root = join(work, `stage-${name}`);
  mkdirSync(root);
  create(root);
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  return {
    name,
    root,
    args: {},
    env,
    user: '0',
    workdir: '/',
    entrypoint: [],
    command: [],
    healthCheck: [],
    volumes: [],
  };
}

async function changed(stages: readonly Stage[], keyword: string, text: string, build: Build): Promise<Stage> {
  const stage = stages.at(-1);
  if (stage === undefined) throw new Error(`${keyword} before FROM`);
  switch (keyword) {
    case 'ARG': {
      const [name = '', value = ''] = text.split('=');
      return { ...stage, args: { ...stage.args, [name]: value } };
    }
    case 'ENV': {
      const [name = '', value = ''] = text.split('=');
      return { ...stage, env: { ...stage.env, [name]: value } };
    }
    case 'RUN':
      await run(stage, text, build);
      return stage;
    case 'COPY':
      copy(stages, stage, text, build);
      return stage;
    case 'WORKDIR':
      mkdirSync(join(stage.root, text), { recursive: true });
      return { ...stage, workdir: text };
    case 'USER':
      return { ...stage, user: text };
    case 'VOLUME':
      return { ...stage, volumes: [...stage.volumes, text] };
    case 'ENTRYPOINT':
      return { ...stage, entrypoint: JSON.parse(text) as string[] };
    case 'CMD':
      return { ...stage, command: JSON.parse(text) as string[] };
    case 'HEALTHCHECK':
      return { ...stage, healthCheck: JSON.parse(text.slice(text.indexOf('CMD ') + 4)) as string[] };
    default:
      throw new Error(`unsupported instruction ${keyword}`);
  }
}

async function run({ root, env, args, workdir }: Stage, command: string, build: Build): Promise<void> {
  const variables = Object.entries({ ...env, ...build.env, ...args, HOME: '/root' }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const inside = ['chroot', root, 'env', '-i', ...variables, 'sh', '-c', `cd "${workdir}" && ${command}`];
  const mounts = 'mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec "$@"';
  await promisify(execFile)('unshare', ['--mount', 'sh', '-c', mounts, root, ...inside]);
}

function copy(stages: readonly Stage[], { root, workdir }: Stage, text: string, { context }: Build): void {
  const words = text.split(' ');
  const options = Object.fromEntries(
    words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=') as [string, string]),
  );
  const [from = '', to = ''] = words.filter((word) => !word.startsWith('--'));
  const source = join(stages.find(({ name }) => name === options['from'])?.root ?? context, from);
  const place = to.startsWith('/') ? join(root, to) : join(root, workdir, to);
  const target = to.endsWith('/') ? join(place, basename(from)) : place;
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
  const owner = options['chown'] ?? '0:0';
  execFileSync('chown', ['-R', '--no-dereference', owner, target]);
  if (options['from'] !== undefined) execFileSync('chmod', ['--reference', source, target]);
}

/** Copies what an image has at a path to a volume, as Docker does with a new volume. */
export function createVolume({ root }: Image, path: string, volume: string): void {
  execFileSync('cp', ['--archive', join(root, path), volume]);
}
