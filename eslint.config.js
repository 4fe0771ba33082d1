// All TypeScript of the repository: the page, the local AppSync server, the Amplify backend; and AppSync's JavaScript.
import appsync from '@aws-appsync/eslint-plugin';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** What APPSYNC_JS does not have, besides what the rules of its plugin know. */
const ABSENT = ['Date', 'Function', 'Intl', 'Map', 'Proxy', 'Reflect', 'RegExp', 'Set', 'Symbol'];

export default defineConfig(
  globalIgnores(['**/generated/', '**/dist/', 'frontend/src/api/openapi.d.ts', '.*/']),
  {
    files: ['{frontend,local/appsync,amplify}/**/*.{ts,tsx}'],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      // `const { left, ...rest }` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Node's runner awaits what `test` and `describe` return.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    files: ['amplify/data/resolvers/*.js'],
    extends: [js.configs.recommended, appsync.configs.recommended],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-restricted-globals': ['error', ...ABSENT],
    },
  },
  {
    files: ['frontend/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest']],
  },
);
