import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const TYPESCRIPT = ['**/*.ts', '**/*.tsx'];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'bench/.build/', 'test/fixtures/']),
  js.configs.recommended,
  {
    name: 'healer/typescript',
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { allowDefaultCaseForExhaustiveSwitch: false }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },
  {
    name: 'healer/size',
    files: ['src/**'],
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    name: 'healer/no-console-outside-output',
    files: ['src/**'],
    ignores: ['src/cli/output/**', 'src/tui/start.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    name: 'healer/zod-in-parts',
    files: ['src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportDeclaration[source.value="zod"] > ImportSpecifier',
          message: 'Write import * as z: the named export z contains all of zod, and every start would parse it.',
        },
      ],
    },
  },
  {
    // Its tsconfig excludes the types of Node, but the language itself also has a clock and random numbers.
    name: 'healer/policy-is-pure',
    files: ['src/policy/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Policy takes the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Policy takes randomness as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Policy takes the time as an argument.',
        },
        { selector: 'AwaitExpression', message: 'Decisions are synchronous.' },
      ],
    },
  },
  {
    name: 'healer/components',
    files: ['src/tui/**'],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    // Tests parse JSON that healer printed, pass invalid values on purpose, and inspect objects.
    name: 'healer/tests',
    files: ['test/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    name: 'healer/plain-javascript',
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['process', 'console', 'Buffer', 'URL', 'performance', 'AbortController', 'AbortSignal', 'fetch'],
          ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask'],
          ...['TextDecoder', 'TextEncoder', 'structuredClone', 'require', 'module', '__dirname'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
