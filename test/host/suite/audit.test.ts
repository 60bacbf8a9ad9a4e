import * as vscode from 'vscode';
import { SAMPLE_AUDIT_CSV } from '../../sample-audit';
import { equal, ok } from '../expect';
import { MemoryFiles } from '../memory-files';

interface Summary {
  readonly looked: number;
  readonly read: number;
  readonly cancelled: boolean;
}

const run = <T>(command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand<T>(`bioscope.${command}`, ...args);
const shown = () => run<string>('auditCopy');

const workspace = () => {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri;
  ok(found, 'a folder is open');
  return found;
};
const block = () => vscode.Uri.joinPath(workspace(), 'block');

async function exported(format: string): Promise<string> {
  const to = vscode.Uri.joinPath(workspace(), `exported.${format}`);
  await run('auditExport', format, to);
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(to));
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  await vscode.workspace.fs.delete(to);
  return text;
}

describe('the audit', () => {
  const memory = new MemoryFiles();
  let registered: vscode.Disposable;
  before(() => {
    registered = vscode.workspace.registerFileSystemProvider('audited', memory);
  });
  after(async () => {
    await run('auditClear');
    registered.dispose();
  });

  it('of a folder says subsystem, file and use, and exports what the command line prints', async () => {
    equal((await run<Summary>('audit', block())).looked, 1, 'files');
    const text = await shown();
    ok(text.startsWith('block\t3 · 57 % ready · series: 7 files\n'), text);
    ok(text.includes('block/sample.c:25:15\tkmap_atomic\tcall\tkmap-page'), text);
    equal(text.split('\n').length, 4, 'lines');
    equal(await exported('csv'), SAMPLE_AUDIT_CSV, 'the CSV');
  });

  it('exports JSON, SARIF and Markdown as well', async () => {
    const report = JSON.parse(await exported('json')) as { looked: number; hazards: object };
    equal(report.hazards, { 'kmap-page': 1, 'bv-page-read': 2 }, 'hazards');
    const sarif = JSON.parse(await exported('sarif')) as { runs: { results: unknown[] }[] };
    equal(sarif.runs[0]?.results.length, 3, 'results');
    ok((await exported('md')).includes('| block | 1 | 2 | 1 | 2 | 57 % | 7 (153) |'), 'a row of the table');
  });

  it('is filtered by severity, kind, hazard and words, and shows all again', async () => {
    await run('audit', block());
    await run('auditFilter', { levels: ['none'], kinds: ['read'] });
    ok((await shown()).includes('block/sample.c:19:29\tbv_pfn\tread'), 'a use that is no hazard');
    await run('auditFilter', { codes: ['kmap-page'] });
    equal((await shown()).split('\n').length, 2, 'lines with one hazard');
    await run('auditClearFilter');
    await run('auditSearch', 'sample bv_page');
    equal((await shown()).split('\n').length, 3, 'lines that were searched for');
    await run('auditSearch', 'nowhere');
    equal(await shown(), '', 'nothing found');
    await run('auditClearFilter');
    equal((await shown()).split('\n').length, 4, 'lines without a filter');
  });

  it('reads again only what has changed', async () => {
    await run('audit', block());
    equal((await run<Summary>('auditRefresh')).read, 0, 'files read again');
    const file = vscode.Uri.joinPath(block(), 'sample.c');
    const before = await vscode.workspace.fs.readFile(file);
    const more = new TextEncoder().encode('\nvoid f(void)\n{\n\tv.bv_page++;\n}\n');
    await vscode.workspace.fs.writeFile(file, new Uint8Array([...before, ...more]));
    try {
      equal((await run<Summary>('auditRefresh')).read, 1, 'files read after a change');
      ok((await shown()).includes('bv_page\tstep\tpage-arithmetic'), 'the new place');
    } finally {
      await vscode.workspace.fs.writeFile(file, before);
    }
    await run('auditClear');
    equal(await shown(), '', 'nothing after clearing');
    equal((await run<Summary>('audit', block())).read, 1, 'files read without a cache');
  });

  it('works in a virtual workspace, and says the same there', async () => {
    for (const name of ['Makefile', 'block/sample.c', 'README.md']) {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(workspace(), name));
      memory.write(`/linux/${name}`, new TextDecoder().decode(bytes));
    }
    const top = vscode.Uri.parse('audited:/linux');
    equal(await run<Summary>('audit', top), { looked: 1, read: 1, cancelled: false }, 'the audit');
    equal(await exported('csv'), SAMPLE_AUDIT_CSV, 'the CSV');
    memory.reads = 0;
    equal((await run<Summary>('audit', top)).read, 0, 'files read again');
    equal(memory.reads, 0, 'reads of the file system');
  });

  it('stops when told to, keeps what it has, and goes on from there', async () => {
    for (let i = 0; i < 200; i++) memory.write(`/big/fs/f${i}.c`, 'void f(void)\n{\n\tv.bv_page++;\n}\n');
    memory.reads = 0;
    memory.gate = async () => {
      if (memory.reads === 100) await run('auditStop');
    };
    const top = vscode.Uri.parse('audited:/big');
    const stopped = await run<Summary>('audit', top);
    memory.gate = () => Promise.resolve();
    ok(stopped.cancelled && stopped.looked >= 84 && stopped.looked < 200, JSON.stringify(stopped));
    const rest = await run<Summary>('auditRefresh');
    equal([rest.looked, rest.cancelled], [200, false], 'the second run');
    equal(rest.read, 200 - stopped.looked, 'files read by the second run');
  });

  it('of files on a disk, or in the browser, stops as well', async () => {
    const text = 'void f(void)\n{\n\tv.bv_page++;\n}\n'.repeat(20_000);
    const folder = vscode.Uri.joinPath(workspace(), 'big');
    const bytes = new TextEncoder().encode(text);
    for (let i = 0; i < 20; i++)
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, `f${i}.c`), bytes);
    try {
      let ended = false;
      const audit = Promise.resolve(run<Summary>('audit', folder)).finally(() => (ended = true));
      while (!ended) {
        await run('auditStop');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const summary = await audit;
      ok(summary.cancelled && summary.looked < 20, JSON.stringify(summary));
    } finally {
      await vscode.workspace.fs.delete(folder, { recursive: true });
    }
  });
});
