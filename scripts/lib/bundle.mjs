import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { inRoot, root } from './paths.mjs';

/** @typedef {import('esbuild').BuildOptions} BuildOptions */

const require = createRequire(import.meta.url);

/** @type {BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  metafile: true,
  target: 'es2022',
  logLevel: 'warning',
};

/** What `import()` loads on Node as a file of its own: only what most sessions never need. */
const LAZY = {
  'src/engine/dma/explain/index.ts': 'explain',
  'src/engine/drivers/uncommon.ts': 'drivers',
  'src/reader/index.ts': 'reader',
  'src/capture/index.ts': 'capture',
  'src/catalogue/series/index.ts': 'series',
  'src/reader/audit/index.ts': 'audit',
  'src/host/audit/audit-view.ts': 'audit-view',
  'src/host/kernel-code/index.ts': 'kernel-code',
  'src/engine/decode/index.ts': 'decode',
  'src/model/print/index.ts': 'print',
  'src/model/document-edit.ts': 'edit',
  'src/host/tier/index.ts': 'tier-host',
};

/** Names the rules of an audit: what others found is not kept. */
function auditRules() {
  const hash = createHash('sha256');
  for (const file of readdirSync(inRoot('src/reader'), { recursive: true, encoding: 'utf8' }).sort())
    if (file.endsWith('.ts')) hash.update(readFileSync(inRoot('src/reader', file)));
  return hash.digest('hex').slice(0, 16);
}

/** @type {import('esbuild').Plugin} */
const lazyFiles = {
  name: 'lazy-files',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\.?\// }, async ({ path, kind, ...from }) => {
      if (kind !== 'dynamic-import' || from.pluginData === lazyFiles) return undefined;
      const found = await bundle.resolve(path, { kind, ...from, pluginData: lazyFiles });
      const name = Object.entries(LAZY).find(([file]) => found.path === inRoot(file))?.[1];
      return name === undefined ? found : { path: `./${name}.js`, external: true };
    });
  },
};

/**
 * The audit's threads are made of src/cli, which the host must not import. The browser's package has the file as well,
 * but nobody there can load it, and who tries is told so.
 * @type {import('esbuild').Plugin}
 */
const threadsApart = {
  name: 'threads-apart',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\/threads$/ }, () => ({ path: './threads.js', external: true }));
  },
};

/** @type {BuildOptions} */
const forNode = {
  ...common,
  define: { AUDIT_RULES: JSON.stringify(auditRules()) },
  platform: 'node',
  format: 'cjs',
  // jsonc-parser's "main" is UMD, whose own requires a bundler cannot see.
  mainFields: ['module', 'main'],
  // The parser is a file of its own, read when somebody first hovers.
  alias: { 'web-tree-sitter': './parser.js' },
  external: ['vscode', './parser.js'],
  // As require(): a CommonJS file has no named exports that an import() could see.
  supported: { 'dynamic-import': false },
};

/** web-tree-sitter for Node. Its ESM file needs import.meta.url there, and a cjs bundle has none. @type {BuildOptions} */
const parserBundle = {
  ...common,
  platform: 'node',
  format: 'cjs',
  entryPoints: ['node_modules/web-tree-sitter/web-tree-sitter.cjs'],
  outfile: 'dist/parser.js',
};

/** web-tree-sitter's own "browser" field takes its Node imports out here. @type {BuildOptions} */
const forBrowser = {
  ...common,
  platform: 'browser',
  // web-tree-sitter makes a URL of it before it looks at the wasm it was given; a cjs bundle has no import.meta.
  define: { 'import.meta.url': '"file:///"', AUDIT_RULES: JSON.stringify(auditRules()) },
};

/** @param {string} folder */
const hostSuites = (folder) =>
  readdirSync(inRoot(folder))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.test.ts'.length));

/**
 * Both test bundles hold Mocha's self-contained file. It is a UMD file in a package of type "module": read as ESM
 * it would overwrite the bundle's own exports, so it is handed over as CommonJS.
 * @type {import('esbuild').Plugin}
 */
const mochaWithoutNode = {
  name: 'mocha-without-node',
  setup(bundle) {
    const path = inRoot('node_modules/mocha/mocha.js');
    bundle.onResolve({ filter: /^mocha$/ }, () => ({ path, namespace: 'commonjs' }));
    bundle.onLoad({ filter: /./, namespace: 'commonjs' }, () => ({
      contents: `${readFileSync(path, 'utf8')}\nmodule.exports = globalThis.Mocha;`,
    }));
  },
};

/** @returns {BuildOptions[]} */
function testBundles() {
  // Host tests are found, not listed: index.ts imports ./suite/${name}.test.ts for each of these names.
  const suites = { SUITES: JSON.stringify(hostSuites('test/host/suite')) };
  // A test that only makes sense on Node may import Node where it finds itself there.
  const shared = { minify: false, external: ['vscode', 'node:*'], plugins: [mochaWithoutNode] };
  return [
    {
      ...forNode,
      ...shared,
      define: { ...forNode.define, ...suites },
      entryPoints: ['test/host/index.ts'],
      outfile: 'out/test/host/index.js',
    },
    {
      ...forBrowser,
      ...shared,
      define: { ...forBrowser.define, ...suites },
      format: 'cjs',
      entryPoints: ['test/host/index.web.ts'],
      outfile: 'out/test/host/index.web.js',
    },
  ];
}

/** The command line, and the threads it works through a tree with. @type {BuildOptions[]} */
const cliBundles = [
  { ...forNode, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js' },
  { ...forNode, entryPoints: ['src/cli/tree-worker.ts'], outfile: 'dist/tree-worker.js' },
];

/** @type {BuildOptions[]} */
const productBundles = [
  {
    ...forNode,
    plugins: [lazyFiles, threadsApart],
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
  },
  ...Object.entries(LAZY).map(([file, name]) => ({
    ...forNode,
    plugins: [lazyFiles, threadsApart],
    entryPoints: [file],
    outfile: `dist/${name}.js`,
  })),
  { ...forNode, entryPoints: ['src/cli/audit-folder.ts'], outfile: 'dist/threads.js' },
  parserBundle,
  {
    ...forBrowser,
    format: 'cjs',
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.web.js',
    plugins: [threadsApart],
    external: ['vscode'],
  },
  { ...forBrowser, format: 'iife', entryPoints: ['webview/main.ts'], outfile: 'dist/webview.js' },
  // Drawn only for machines with a cache: a script that the page loads when it has one.
  { ...forBrowser, format: 'iife', entryPoints: ['webview/tier/main.ts'], outfile: 'dist/tier.js' },
  // The form is a page of its own: who only looks at pictures does not load it.
  { ...forBrowser, format: 'iife', entryPoints: ['webview/editor/main.ts'], outfile: 'dist/editor.js' },
  { ...forBrowser, entryPoints: ['webview/style.css'], outfile: 'dist/webview.css' },
  ...cliBundles,
];

function copyWasm() {
  for (const name of ['web-tree-sitter', 'tree-sitter-c']) {
    cpSync(require.resolve(`${name}/${name}.wasm`), inRoot('dist', `${name}.wasm`));
  }
}

/** The schema is made from the model, so that what the editor completes is what the program accepts. */
async function writeJsonSchema() {
  const outfile = inRoot('out', 'json-schema.mjs');
  await esbuild.build({
    ...forNode,
    format: 'esm',
    minify: false,
    entryPoints: ['scripts/json-schema.ts'],
    outfile,
  });
  const { bioscopeJsonSchema } = await import(`${pathToFileURL(outfile).href}?${Date.now()}`);
  writeFileSync(inRoot('dist', 'bioscope.schema.json'), JSON.stringify(bioscopeJsonSchema()) + '\n');
}

async function copyAndGenerate() {
  mkdirSync(inRoot('dist'), { recursive: true });
  copyWasm();
  await writeJsonSchema();
}

/** The tests live in an extension of their own, so that they can look at the installed one from outside. */
const copyTestDriver = () =>
  cpSync(inRoot('test/host/driver/package.json'), inRoot('out/test/host/package.json'));

/** @param {{ tests?: boolean }} [options] */
export async function build({ tests = false } = {}) {
  rmSync(inRoot('dist'), { recursive: true, force: true });
  const bundles = tests ? [...productBundles, ...testBundles()] : productBundles;
  const results = await Promise.all(bundles.map((options) => esbuild.build(options)));
  /** @type {Record<string, unknown>} */
  const outputs = {};
  for (const { metafile } of results) Object.assign(outputs, metafile?.outputs);
  await copyAndGenerate();
  if (tests) copyTestDriver();
  // What each file is made of, for whoever asks why a bundle has grown.
  writeFileSync(inRoot('out', 'bundles.json'), JSON.stringify({ outputs }, null, 1));
}

/** Only what `npm run bioscope` needs. */
export const buildCli = () => Promise.all(cliBundles.map((options) => esbuild.build(options)));

/** @param {{ tests?: boolean }} [options] */
export async function watch({ tests = false } = {}) {
  await copyAndGenerate();
  if (tests) copyTestDriver();
  for (const options of tests ? [...productBundles, ...testBundles()] : productBundles) {
    const context = await esbuild.context({
      ...options,
      minify: false,
      sourcemap: 'linked',
      logLevel: 'info',
    });
    await context.watch();
  }
}
