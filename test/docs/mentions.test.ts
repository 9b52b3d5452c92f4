import { expect, test } from 'vitest';
import { GLOBAL_OPTIONS } from '../../src/cli/command/shared-options.ts';
import type { CommandRow } from '../../src/cli/command/command.ts';
import type { OptionRow } from '../../src/cli/command/option.ts';
import { COMMAND_FAMILIES, COMMANDS } from '../../src/cli/command-groups/command-table.ts';
import { splitWords } from '../../src/base/split-words.ts';
import { blocksOf, DOCUMENTS, readDocument } from '../support/documents.ts';

const ROWS: Readonly<Record<string, CommandRow>> = COMMANDS;
/** Options that commander adds to every command. */
const ALWAYS = ['-h', '--help', '-V', '--version'];

/** Returns the lines and code spans of a document that call healer. */
function callsIn(page: string): readonly string[] {
  const lines = blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'));
  const spans = [...readDocument(page).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, span]) => span ?? '');
  return [...lines, ...spans].flatMap((text) => {
    const [, call] = /(?:^|[\s(;&|])healer ([^|;&)]*)/.exec(` ${text.replace(/\s#.*$/, '')}`) ?? [];
    return call === undefined || /^[:=(…]/.test(call) ? [] : [call.replace(/['"]\s*$/, '').replace(/^['"]healer /, '')];
  });
}

function flagsOf(rows: Readonly<Record<string, OptionRow>> = {}): readonly string[] {
  return Object.values(rows).flatMap(({ flags, opposite }) =>
    `${flags} ${opposite?.flags ?? ''}`.split(/[ ,]+/).filter((word) => word.startsWith('-')),
  );
}

/** Returns what is wrong with the words after "healer"; null if nothing is. */
function problemOf(call: string): string | null {
  const words = splitWords(call).words.map(({ text }) => text);
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const plain = own.filter((word) => !word.startsWith('-'));
  const at = plain.findIndex((word) => word in COMMAND_FAMILIES || word in ROWS);
  const family = (plain[at] ?? '') in COMMAND_FAMILIES ? at : -1;
  const name = family === -1 ? plain[at] : plain.slice(family, family + 2).join(' ');
  const flags = own.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.replace(/=.*$/, ''));
  const [first] = plain;
  const isHelp = first === 'help' || (first === undefined && flags.length > 0);
  if (family !== -1 && name !== undefined && !(name in ROWS)) return `no command "${name}"`;
  if (name === undefined && !isHelp)
    return first === undefined || first.includes('://') ? null : `no command "${first}"`;
  const known = [...ALWAYS, ...flagsOf(GLOBAL_OPTIONS), ...flagsOf(ROWS[name ?? '']?.options)];
  const unknown = flags.find((flag) => !known.includes(flag));
  return unknown === undefined ? null : `no option "${unknown}"`;
}

test.each(DOCUMENTS.filter((page) => page !== 'CHANGELOG.md'))(
  '%s calls healer only with commands and options that exist',
  (page) => {
    const wrong = callsIn(page).flatMap((call) => {
      const problem = problemOf(call);
      return problem === null ? [] : [`healer ${call}: ${problem}`];
    });
    expect(wrong).toEqual([]);
  },
);
