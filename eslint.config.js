// @ts-check
const eslint = require('@eslint/js');
const { defineConfig, globalIgnores } = require('eslint/config');
const tseslint = require('typescript-eslint');

module.exports = defineConfig(
  globalIgnores(['dist/', 'out/', 'media/sample/', '**/*.cjs', 'eslint.config.js']),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        // Files that no tsconfig includes, because they are only bundled, never run as they are.
        projectService: { allowDefaultProject: ['vitest.config.mts', 'scripts/*.ts'] },
        tsconfigRootDir: __dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Typed arrays and tables are read by computed index: the code knows better than the type.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // What another task sets meanwhile, a cancellation say, looks constant to the type checker.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowEmpty: true }],
      // vscode.Disposable is a class by name only: whatever has dispose() is one.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  {
    // Its own tsconfig is not the nearest one: src/tsconfig.json is for the rooms that do not know vscode.
    files: ['src/extension.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'src/host/tsconfig.json' } },
  },
  {
    // Node and the browser are known by the type checker; its "undefined name" is the better one.
    files: ['**/*.mjs'],
    rules: {
      'no-undef': 'off',
      // What JSON.parse gives is named by JSDoc where it matters.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-plus-operands': ['error', { allowAny: true }],
      // A variable that a callback sets looks constant to the checker.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
    },
  },
);
