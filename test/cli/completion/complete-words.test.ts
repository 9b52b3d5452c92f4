import { describe, expect, test } from 'vitest';
import { COMMAND_FAMILIES, COMMANDS } from '../../../src/cli/command-groups/command-table.ts';
import { GLOBAL_OPTIONS } from '../../../src/cli/command/shared-options.ts';
import { completeWords, type Completion } from '../../../src/cli/completion/complete-words.ts';
import { completionModel } from '../../../src/cli/completion/completion-model.ts';

const MODEL = completionModel(COMMANDS, GLOBAL_OPTIONS, COMMAND_FAMILIES);

function complete(line: string): Completion {
  return completeWords(MODEL, line.split(' '));
}

function textsOf({ candidates, offer }: Completion): readonly string[] {
  return [...candidates.map(({ text }) => text), ...offer.words];
}

describe('the words that are known without an engine', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['', ['stop', 'fleet', 'help'], ['--json', 'init-system']],
    ['--', ['--json', '--host', '--help'], ['stop', '--follow']],
    ['logs -', ['-f', '--follow', '--json'], ['--rolling']],
    ['fleet ', ['ls', 'restart'], ['logs']],
    ['fleet ls --', ['--watch', '--json'], ['--role']],
    ['fleet invite --role ', ['viewer', 'operator', 'admin'], []],
    ['logs --stream=', ['stdout', 'stderr'], []],
    ['--json logs --level ', ['error'], ['web']],
    ['config ', ['get', 'set', 'check'], []],
    ['cooldown ', ['reset'], []],
    ['wait --for ', ['ready', 'healthy'], []],
    ['help ', ['stop', 'fleet'], []],
    ['nonsense ', [], ['stop']],
  ])('"healer %s"', (line, wanted, unwanted) => {
    const texts = textsOf(complete(line));
    for (const word of wanted) expect(texts).toContain(word);
    for (const word of unwanted) expect(texts).not.toContain(word);
  });
});

describe('what is looked up', () => {
  test.each<[string, Partial<Completion['offer']>]>([
    ['stop ', { kinds: ['targets'] }],
    ['stop web ', { kinds: ['targets'] }],
    ['stop --force web @', { kinds: ['targets'] }],
    ['events --process ', { kinds: ['targets'] }],
    ['events --process=we', { kinds: ['targets'] }],
    ['--instance ', { kinds: ['instances'] }],
    ['ls --host=', { kinds: ['remotes'] }],
    ['config get ', { kinds: ['settings'] }],
    ['config set alerts', { kinds: ['settings'] }],
    ['update web --set ', { kinds: ['assignments'] }],
    ['update web --unset=li', { kinds: ['fields'] }],
    ['update ', { kinds: ['targets'] }],
    ['add ', { kinds: [], files: false }],
    ['add web -- ', { files: true }],
    ['add web -- node --', { files: true }],
    ['scale web ', { kinds: [] }],
    ['fleet ls ', { kinds: ['hosts'] }],
    ['fleet restart -l ', { kinds: ['hosts'] }],
    ['fleet restart -l web-01 ', { kinds: ['targets'] }],
    ['up -f ', { files: true }],
    ['up --file=', { files: true }],
    ['config check ', { files: true }],
    ['stop web --timeout ', { kinds: [], files: false }],
  ])('"healer %s"', (line, offer) => {
    expect(complete(line).offer).toMatchObject(offer);
  });
});

test('names the part of the word before a value, the given arguments and the engine', () => {
  expect(complete('--instance prod stop --host=fleet:eu/web-01 web wo')).toMatchObject({
    prefix: '',
    given: ['web'],
    engine: { '--instance': 'prod', '--host': 'fleet:eu/web-01' },
  });
  expect(complete('logs --stream=std').prefix).toBe('--stream=');
});
