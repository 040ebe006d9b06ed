import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['dist*/', 'data/', 'models/', 'coverage/', 'test/generated/']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'for-direction': 'error',
      'no-async-promise-executor': 'error',
      'no-cond-assign': 'error',
      'no-constant-binary-expression': 'error',
      'no-empty': 'error',
      'no-empty-character-class': 'error',
      'no-loss-of-precision': 'error',
      'no-misleading-character-class': 'error',
      'no-self-assign': 'error',
      'no-self-compare': 'error',
      'no-sparse-arrays': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable-loop': 'error',
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'no-useless-catch': 'error',
      'no-useless-escape': 'error',
      'require-yield': 'error',
      'use-isnan': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-param-reassign': 'error',
      'no-return-assign': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Interfaces of ports are asynchronous, also where one adapter answers at once.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Enums of the GraphQL library are compared with the names that they stand for.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // Flags change between awaits, which the rule does not see.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Functions that read or decode name what the caller knows about the value.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Classes of the schema describe plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // With noUncheckedIndexedAccess, an index inside a checked range needs it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Resolver classes of the schema hold methods only.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true, ignoreUsingDeclarations: true },
      ],
    },
  },
  {
    // Methods of the port have an argument for each part of a write, the last of them optional.
    files: ['src/adapters/*/*document-store.ts', 'src/observability/instrumented-document-store.ts'],
    rules: { 'max-params': ['error', 6] },
  },
  {
    // Functions that put parts together, one after the other.
    files: [
      'src/app.ts',
      'src/server.ts',
      'src/config/configuration.ts',
      'src/gateway/gateway.ts',
      'src/services/tasks/start-tasks.ts',
      'src/observability/metrics.ts',
    ],
    rules: { 'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }] },
  },
  {
    // The types of @huggingface/tokenizers are written for bundlers and cannot be resolved here.
    files: ['src/adapters/transformers/detokenizer.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // A test file is one function of many cases; a suite says aloud what it skips.
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      // Matchers like expect.any() have the type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['src/config/table.ts'], rules: { 'max-lines': 'off' } },
  { files: ['src/main.ts', 'src/worker.ts', 'bench/**/*.ts', 'schema/emit.ts'], rules: { 'no-console': 'off' } },
)
