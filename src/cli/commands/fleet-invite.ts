import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { nearestWord } from '../../base/nearest-word.ts';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { type Labels, parseLabel } from '../../fleet/contract/labels.ts';
import { DEFAULT_SITE, HOST_FORM, hostNameOf, isCallerName, isSiteName } from '../../fleet/contract/names.ts';
import { applyHub } from '../../fleet/hub/apply-hub.ts';
import { changeHub, type HubContent } from '../../fleet/hub/hub-file.ts';
import { invite, type InvitationRequest } from '../../fleet/hub/invite.ts';
import { explainReadProblem, explainWriteProblem } from '../../base/file-problem.ts';
import { HealerError } from '../../protocol/errors.ts';
import { methodsWith } from '../../protocol/methods/method-access.ts';
import type { RunOf } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';

type Run = RunOf<(typeof FLEET_COMMANDS)['fleet invite']>;
type Options = Parameters<Run>[2];

const DAY_MS = 86_400_000;
const LONGEST_MS = 366 * DAY_MS;

/** One member to invite. */
interface Wish {
  readonly name: string;
  readonly labels: Labels;
}

interface Written {
  readonly name: string;
  readonly line: string;
}

export const run: Run = async (context, names, options) => {
  refuseRemote(context, 'fleet invite');
  const { terminal, paths } = context;
  const wishes = wishesOf(names, options);
  const common = commonOf(options);
  const { written, hub, hasRevoked } = await changeHub(paths.stateDir, async (before) => {
    let content: HubContent = before;
    let revoked = false;
    const lines: Written[] = [];
    for (const wish of wishes) {
      const request: InvitationRequest = { ...common, ...wish, labels: { ...common.labels, ...wish.labels } };
      const invited = await invite(content, request);
      content = invited.hub;
      revoked ||= invited.hasRevoked;
      lines.push({ name: wish.name, line: invited.line });
    }
    return [content, { written: lines, hub: content, hasRevoked: revoked }];
  });
  const problem = await applyHub(paths.stateDir, hub, { hasRevoked });
  if (problem !== null) terminal.note(problem);
  if (options.out === undefined) printLines(context, written, common);
  else writeLines(context, written, options.out);
  return 0;
};

function wishesOf(names: readonly string[], options: Options): readonly Wish[] {
  const { role, file } = options;
  if (role !== undefined && file !== undefined) {
    throw new HealerError('INVALID_CONFIG', '"--file" lists hosts: omit "--role", or name the persons');
  }
  const listed = file === undefined ? [] : hostsIn(file);
  const wishes = [...names.map((name) => ({ name, labels: {} })), ...listed];
  if (wishes.length === 0) {
    throw new HealerError(
      'INVALID_CONFIG',
      'name the host to invite, e.g. "healer fleet invite web-01", or use --file',
    );
  }
  return wishes.map(({ name, labels }) => ({ name: memberName(name, role), labels }));
}

function memberName(name: string, role: Options['role']): string {
  if (role !== undefined) {
    if (isCallerName(name)) return name;
    throw new HealerError('INVALID_CONFIG', `"${name}" is not the name of a person: use up to 63 of A-Z a-z 0-9 _ -`);
  }
  const [host = '', instance] = name.split('@');
  const known = hostNameOf(host, instance);
  if (known === null) throw new HealerError('INVALID_CONFIG', `"${name}" is not the name of a host: ${HOST_FORM}`);
  return known;
}

/** Reads names with labels after them; "#" begins a comment. */
function hostsIn(file: string): readonly Wish[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new HealerError('INVALID_CONFIG', `cannot read "${file}": ${explainReadProblem(file, error)}`);
  }
  return text.split('\n').flatMap((line, index) => {
    const [name, ...labels] = line.replace(/#.*/, '').split(/\s+/).filter(Boolean);
    return name === undefined ? [] : [{ name, labels: labelsOf(labels, `${file}:${String(index + 1)}: `) }];
  });
}

function labelsOf(texts: readonly string[], place = ''): Labels {
  return Object.fromEntries(
    texts.map((text) => {
      const label = parseLabel(text);
      if (label === null) {
        throw new HealerError('INVALID_CONFIG', `${place}"${text}" is not a label: write KEY=VALUE, e.g. role=web`);
      }
      return [label.key, label.value];
    }),
  );
}

function commonOf(options: Options): Omit<InvitationRequest, 'name'> {
  const { role = 'host', site, expires = DAY_MS, verbs, label = [] } = options;
  if (site !== undefined && !isSiteName(site)) {
    throw new HealerError('INVALID_CONFIG', `"${site}" is not the name of a site: use up to 63 of a-z 0-9 -`);
  }
  if (verbs !== undefined && role !== 'operator') {
    throw new HealerError('INVALID_CONFIG', '"--verbs" limits an operator: add "--role operator"');
  }
  if (site !== undefined && (role === 'viewer' || role === 'admin')) {
    throw new HealerError('INVALID_CONFIG', `a site limits operators only, not a ${role}: omit "--site"`);
  }
  if (label.length > 0 && role !== 'host') {
    throw new HealerError('INVALID_CONFIG', 'only hosts have labels: omit "--label", or "--role"');
  }
  if (expires < 60_000 || expires > LONGEST_MS) {
    throw new HealerError('INVALID_CONFIG', '--expires must be from 1m to 366d');
  }
  return {
    ...{ role, site: site ?? (role === 'host' ? DEFAULT_SITE : '*'), labels: labelsOf(label) },
    ...{ verbs: verbsOf(verbs), invitedBy: inviter(), nowMs: Date.now(), validMs: expires, replaces: options.replace },
  };
}

function verbsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return ['*'];
  const verbs = text.split(',').map((verb) => verb.trim());
  const known = methodsWith('operate');
  const wrong = verbs.find((verb) => !known.includes(verb));
  if (wrong === undefined) return verbs;
  const nearest = nearestWord(wrong, known);
  const hint = nearest === null ? 'write for example --verbs restart,stop' : `did you mean "${nearest}"?`;
  throw new HealerError('INVALID_CONFIG', `"${wrong}" is not an operation that an operator can perform: ${hint}`);
}

function inviter(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}

function printLines(
  { terminal }: Context,
  written: readonly Written[],
  { role, validMs }: Omit<InvitationRequest, 'name'>,
) {
  if (terminal.json) {
    terminal.printJson(written);
    return;
  }
  for (const { name, line } of written) terminal.print(written.length === 1 ? line : `${name} ${line}`);
  const where = role === 'host' ? 'On the host' : 'As this person';
  terminal.note(
    `${where}, run: healer fleet join LINE. It works once, within ${String(Math.round(validMs / 3_600_000))} h.`,
  );
}

function writeLines({ terminal }: Context, written: readonly Written[], folder: string): void {
  const files = written.map(({ name, line }) => {
    const file = join(folder, name);
    try {
      ensureFolder(folder);
      writeFileSync(file, `${line}\n`, { mode: PRIVATE_FILE });
    } catch (error) {
      const message = `cannot write the invitation "${file}": ${explainWriteProblem(folder, error)}`;
      throw new HealerError('IO_ERROR', message, { path: file });
    }
    return { name, file };
  });
  if (terminal.json) terminal.printJson(files);
  else
    terminal.print(
      `${String(files.length)} invitations are in ${folder}: copy each to its host and run "healer fleet join --file FILE" there.`,
    );
}
