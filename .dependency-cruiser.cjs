// The walls between the rooms: the table in docs/design.md, as rules that fail the build.

/** What each room may import beside itself. */
const mayImport = {
  'src/model': [],
  'src/engine': ['src/model'],
  'src/catalogue': ['src/model'],
  'src/reader': ['src/catalogue', 'src/model'],
  'src/capture': ['src/model'],
  'src/protocol': ['src/model'],
  'src/host': ['src/protocol', 'src/capture', 'src/reader', 'src/catalogue', 'src/engine', 'src/model'],
  'src/cli': ['src/protocol', 'src/capture', 'src/reader', 'src/catalogue', 'src/engine', 'src/model'],
  webview: ['src/protocol', 'src/model'],
};

/** @param {string[]} rooms */
const within = (rooms) => `^(${rooms.join('|')})/`;

const walls = Object.entries(mayImport).map(([room, others]) => ({
  name: `wall-of-${room.replace('/', '-')}`,
  comment: `${room} may import itself and: ${others.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: within([room]) },
  to: { path: '^(src|webview|test|scripts)/', pathNot: within([room, ...others]) },
}));

module.exports = {
  forbidden: [
    ...walls,
    {
      name: 'extension-is-wiring',
      comment: 'src/extension.ts imports src/host and nothing else of ours',
      severity: 'error',
      from: { path: '^src/extension\\.ts$' },
      to: { path: '^(src|webview|test|scripts)/', pathNot: '^src/host/' },
    },
    {
      name: 'only-host-knows-vscode',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/(host/|extension\\.ts$)' },
      to: { path: '(^vscode$|/@types/vscode/)' },
    },
    {
      name: 'only-cli-knows-node',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/cli/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'toolkit-behind-controls',
      comment: 'The toolkit is archived; the day it is replaced, one file changes.',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^webview/controls\\.ts$' },
      to: { path: '@vscode/webview-ui-toolkit' },
    },
    {
      name: 'no-circles',
      comment: 'Imports of types are erased, so two files may know each other by type.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^(src|webview)/' },
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
