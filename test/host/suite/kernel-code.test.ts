import * as vscode from 'vscode';
import { equal, eventually, ok } from '../expect';

/** Kernel C in the editor: what is marked, offered, converted and looked up. */

const root = () => vscode.workspace.workspaceFolders![0]!.uri;
const fileIn = (path: string) => vscode.Uri.joinPath(root(), path);

async function write(path: string, text: string): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(fileIn(path), new TextEncoder().encode(text));
  return fileIn(path);
}

const open = async (uri: vscode.Uri) => {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
};

const settings = () => vscode.workspace.getConfiguration('bioscope');
async function withSetting(name: string, value: unknown, run: () => Promise<void>): Promise<void> {
  await settings().update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await run();
  } finally {
    await settings().update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

const marks = (uri: vscode.Uri) =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Bioscope');
const codes = (uri: vscode.Uri) =>
  marks(uri).map(({ code }) => (typeof code === 'object' ? code.value : code));

const CODE = `#include <linux/bio.h>

static void sample(struct bio_vec *bv, struct page *page)
{
	void *p = page_address(bv->bv_page);

	bv->bv_page = page;
	WARN_ON(sizeof(bv->bv_page) != 8);
}
`;

const codeActions = (document: vscode.TextDocument, word: string, kind?: string) => {
  const at = document.positionAt(document.getText().indexOf(word) + 1);
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(at, at),
    kind,
  );
};

/** Answers VS Code's preview of a refactoring as soon as it is there. */
async function answerPreview(answer: 'apply' | 'discard', done: () => boolean): Promise<void> {
  await eventually(() => {
    // It refuses while there is no preview.
    vscode.commands.executeCommand(`refactorPreview.${answer}`).then(undefined, () => undefined);
    return done();
  }, `a preview to ${answer}`);
}

/** Takes the light bulb's first offer at a place. Nothing may change before VS Code's preview is confirmed. */
async function convertAt(document: vscode.TextDocument, word: string, text: string): Promise<void> {
  const before = document.getText();
  const at = document.positionAt(before.indexOf(word) + 1);
  // The light bulb asks once; what is offered depends on hazards that are found a moment after a change.
  for (let tries = 0; tries < 100; tries++) {
    if ((await codeActions(document, word, 'quickfix')).length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  vscode.window.activeTextEditor!.selection = new vscode.Selection(at, at);
  void vscode.commands.executeCommand('editor.action.codeAction', { kind: 'quickfix', apply: 'first' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  equal(document.getText(), before, 'the text before it is confirmed');
  await answerPreview('apply', () => document.getText() !== before);
  equal(document.getText(), text, 'the converted text');
}

describe('hazards of kernel C', () => {
  it('are hints with a code that leads to an explanation', async () => {
    const uri = await write('block/hazards.c', CODE);
    await open(uri);
    await eventually(() => marks(uri).length > 0, 'hazards');
    ok(codes(uri).includes('page-address') && codes(uri).includes('bv-page-write'), codes(uri).join());
    ok(
      marks(uri).every(({ severity }) => severity === vscode.DiagnosticSeverity.Hint),
      'hints',
    );
    const { code } = marks(uri)[0]!;
    ok(typeof code === 'object' && 'target' in code, 'a link');
    const explained = await vscode.workspace.openTextDocument(code.target);
    ok(explained.getText().includes('What goes wrong'), 'the explanation');
  });

  it('follow what is typed, and go when the setting says so', async () => {
    const uri = await write('block/typed.c', CODE);
    const document = await open(uri);
    await eventually(() => marks(uri).length > 0, 'hazards');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), CODE.replaceAll('bv_page', 'bv_len'));
    await vscode.workspace.applyEdit(edit);
    await eventually(() => !codes(uri).includes('bv-page-write'), 'no hazard in new text');
    await vscode.commands.executeCommand('undo');
    await eventually(() => codes(uri).includes('bv-page-write'), 'the hazard again');
    await withSetting('hazards', 'warning', async () => {
      await eventually(
        () => marks(uri).some(({ severity }) => severity === vscode.DiagnosticSeverity.Warning),
        'warnings',
      );
    });
    await withSetting('hazards', 'off', async () => {
      await eventually(() => marks(uri).length === 0, 'nothing');
    });
    await document.save();
  });

  it('say where a mapping is held that something sleeps in', async () => {
    const content = `#include <linux/bio.h>\nvoid f(struct page *page)\n{\n\tvoid *p = kmap_atomic(page);\n\tmsleep(1);\n\tkunmap_atomic(p);\n}\n`;
    const { uri } = await vscode.workspace.openTextDocument({ language: 'c', content });
    const found = await eventually(
      () => marks(uri).find(({ code }) => typeof code === 'object' && code.value === 'kmap-sleep'),
      'kmap-sleep in an untitled document',
    );
    equal(
      found.relatedInformation?.map(({ message, location }) => [message, location.range.start.line]),
      [
        ['mapped here', 3],
        ['released here', 5],
      ],
      'related places',
    );
  });

  it('are not looked for in other C', async () => {
    const content = `#include <stdio.h>\nvoid *f(int n) { return kmap_atomic(page_address(bv->bv_page)); }\n`;
    const { uri } = await vscode.workspace.openTextDocument({ language: 'c', content });
    const kernel = await vscode.workspace.openTextDocument({ language: 'c', content: CODE });
    await eventually(() => marks(kernel.uri).length > 0, 'hazards in the other document');
    equal(codes(uri), [], 'hazards in a program');
  });
});

describe('the conversion', () => {
  it('is offered at its place, and shown before it is made', async () => {
    const document = await open(await write('block/one.c', CODE));
    const actions = await codeActions(document, 'bv_page = page', 'quickfix');
    const ours = actions.filter(({ title }) => title.includes('bvec_set_page()'));
    equal(
      ours.map(({ title }) => title),
      ['Convert to bvec_set_page()…'],
      'the quick fix of a 4.1 tree',
    );
    const text = CODE.replace('bv->bv_page = page;', 'bvec_set_page(bv, page);');
    await convertAt(document, 'bv_page = page', text);
    await vscode.commands.executeCommand('undo');
    await document.save();
  });

  it('offers all places of a file as a source action and a rewrite', async () => {
    const document = await open(await write('block/all.c', CODE));
    for (const kind of ['source.bioscope.convert', 'refactor.rewrite.bioscope']) {
      const [action] = await codeActions(document, 'bv_page', kind);
      equal(action?.title, 'Convert all 2 places in this file…', kind);
    }
    equal(
      (await codeActions(document, 'linux')).filter(({ title }) => title.startsWith('Convert')),
      [],
      'actions where there is nothing to convert',
    );
  });

  it('offers both sets of rules where no Makefile tells the kernel, and today’s in a tree of today', async () => {
    const outside = await vscode.workspace.openTextDocument({ language: 'c', content: CODE });
    const titles = (await codeActions(outside, 'bv_page)')).map(({ title }) => title);
    ok(titles.includes('Convert to bvec_page() (series of 2015)…') || titles.length > 0, titles.join());
    const three = `void f(struct bio_vec *bv)\n{\n\tbv->bv_page = p;\n\tbv->bv_len = 1;\n\tbv->bv_offset = 0;\n}\n`;
    await write('today/Makefile', 'VERSION = 6\nPATCHLEVEL = 12\n');
    const document = await open(await write('today/block/x.c', three));
    const [action] = await codeActions(document, 'bv_page', 'quickfix');
    equal(action?.title, 'Convert to bvec_set_page()…', 'the quick fix');
    const text = three.replace(/\tbv->bv_page[^}]*/, '\tbvec_set_page(bv, p, 1, 0);\n');
    await convertAt(document, 'bv_page', text);
    await vscode.commands.executeCommand('undo');
    await document.save();
    // A tree whose headers have no such helper is not given one.
    await write('old/Makefile', 'VERSION = 5\nPATCHLEVEL = 10\n');
    await write('old/include/linux/bvec.h', 'struct bio_vec { struct page *bv_page; };\n');
    const old = await open(await write('old/block/x.c', three));
    equal(
      (await codeActions(old, 'bv_page', 'quickfix')).map(({ title }) => title),
      [],
      'a helper that the tree lacks',
    );
  });

  it('of a folder keeps line endings and open text, and lists what it leaves alone', async () => {
    await write('tree/Makefile', 'VERSION = 4\nPATCHLEVEL = 1\n');
    await write('tree/a/crlf.c', CODE.replaceAll('\n', '\r\n'));
    await write('tree/b/open.c', CODE);
    await write('tree/b/none.c', 'int x;\n');
    await vscode.workspace.fs.writeFile(
      fileIn('tree/b/latin.c'),
      Uint8Array.from(`/* \xe9 */ void f(void) { use(v.bv_page); }\n`, (unit) => unit.charCodeAt(0)),
    );
    const document = await open(fileIn('tree/b/open.c'));
    let settled = false;
    const run = vscode.commands
      .executeCommand('bioscope.convert', fileIn('tree'))
      .then(() => (settled = true));
    await answerPreview('apply', () => settled);
    await run;
    await eventually(
      () => document.getText().includes('page_address(bvec_page(bv))'),
      'the open document converted',
    );
    const written = await eventuallyText('tree/a/crlf.c', 'bvec_page(bv)');
    ok(!/[^\r]\n/.test(written), 'every line still ends as it did');
    await vscode.commands.executeCommand('bioscope.showLeftAlone');
    const list = vscode.window.activeTextEditor!.document;
    ok(list.uri.scheme === 'bioscope-reading', 'a read-only list');
    const lines = list.getText().split('\n');
    equal(
      lines.filter((line) => line.includes('sizeof')).map((line) => line.split(': ')[0]),
      ['tree/a/crlf.c:8', 'tree/b/open.c:8'],
      'the places left alone',
    );
    ok(
      lines.some((line) => line.includes('latin.c') && line.includes('UTF-8')),
      'the file in another encoding',
    );
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      list.uri,
    );
    equal(links[0]?.target?.fragment, 'L8,21', 'the link to a place');
    const bytes = await vscode.workspace.fs.readFile(fileIn('tree/b/latin.c'));
    ok(bytes[3] === 0xe9, 'the other encoding is as it was');
  });
});

/** The text of a file, once it holds something: VS Code saves a little after it has changed it. */
async function eventuallyText(path: string, part: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(fileIn(path)));
    if (text.includes(part)) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} never held ${part}`);
}

describe('lenses', () => {
  const OPS = `#include <linux/bio.h>\nstatic struct dma_map_ops x_ops = {\n\t.map_page = x_map,\n};\nstatic struct blk_mq_ops y = { .queue_rq = y_rq };\nvoid y_map(void)\n{\n\tkmap(page);\n}\n`;

  it('stand above DMA operations and registrations, and explain themselves', async () => {
    const document = await open(await write('block/lens.c', OPS));
    const lenses = await lensesOf(document.uri);
    equal(
      lenses.map(({ range, command }) => [range.start.line, command?.title]),
      [
        [1, '$(pulse) DMA ops: needs pages: map_page · no map_pfn'],
        [4, '$(pulse) In this file: kmap (needs a struct page)'],
      ],
      'the lenses',
    );
    const { command, arguments: given } = lenses[0]!.command!;
    await vscode.commands.executeCommand(command, ...(given as unknown[]));
    const text = vscode.window.activeTextEditor!.document.getText();
    ok(text.includes('lens.c:3: map_page — needs pages: it is handed a struct page'), text);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      vscode.window.activeTextEditor!.document.uri,
    );
    equal(links.at(-1)?.target?.path, 'bioscope.showPicture', 'the way to the picture');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('go when they are switched off', async () => {
    const uri = fileIn('block/lens.c');
    await withSetting('codeLens.enabled', false, async () => {
      equal(await lensesOf(uri), [], 'lenses');
    });
  });

  const lensesOf = async (uri: vscode.Uri) =>
    (
      await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100)
    ).filter(({ command }) => command?.command.startsWith('bioscope.'));
});

describe('a name of the catalogue', () => {
  const uses = `static void f(struct bio_vec *bv)\n{\n\tint bio_page = 0;\n\tuse(bv->bv_page, bio_page);\n}\n`;

  const definitions = (document: vscode.TextDocument, word: string) =>
    vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      document.positionAt(document.getText().lastIndexOf(word) + 1),
    );

  it('leads to its declaration in the same tree, whatever that tree’s version', async () => {
    await write('def/Makefile', '# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n');
    await write(
      'def/include/linux/bvec.h',
      'struct bio_vec;\n\nstruct bio_vec {\n\tstruct page\t*bv_page;\n};\n',
    );
    const document = await open(await write('def/drivers/block/x.c', uses));
    const [found] = await definitions(document, 'bv_page');
    ok(found && 'uri' in found && found.uri.path.endsWith('/def/include/linux/bvec.h'), 'the header');
    equal([found.range.start.line, found.range.start.character], [3, 14], 'the place');
    equal(await definitions(document, 'bio_page'), [], 'the definition of a local variable');
    await vscode.commands.executeCommand('bioscope.goToDefinition', document.uri.toString(), 'bv_page');
    equal(vscode.window.activeTextEditor?.selection.active.line, 3, 'the line of the declaration');
  });

  it('is shown in the version of the Makefile above it, and follows a Makefile that is saved', async () => {
    const document = await open(fileIn('def/drivers/block/x.c'));
    const hover = async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        document.positionAt(document.getText().indexOf('bv_page') + 1),
      );
      return hovers
        .flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value))
        .join();
    };
    const first = await hover();
    ok(first.includes('This tree (6.12)') && first.includes('Go to definition in this tree'), first);
    const makefile = await vscode.workspace.openTextDocument(fileIn('def/Makefile'));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(makefile.uri, new vscode.Range(1, 0, 3, 0), 'VERSION = 4\nPATCHLEVEL = 1\n');
    await vscode.workspace.applyEdit(edit);
    await makefile.save();
    ok((await hover()).includes('This tree (4.1)'), 'the new version');
  });

  it('with KVM’s meaning is said to be KVM’s, and nothing of the block layer', async () => {
    await write('vm/Makefile', 'VERSION = 4\nPATCHLEVEL = 1\n');
    for (const path of ['vm/include/linux/kvm_types.h', 'vm/virt/kvm/kvm_main.c']) {
      const text = 'typedef unsigned long long pfn_t;\n';
      const document = await vscode.workspace.openTextDocument(await write(path, text));
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        document.positionAt(text.indexOf('pfn_t') + 1),
      );
      const said = hovers
        .flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value))
        .join();
      ok(said.includes('KVM’s name for a host page frame number'), `${path}: ${said}`);
    }
  });

  it('opens its picture from the context menu; other names open none', async () => {
    const document = await open(await write('block/show.c', uses));
    const editor = vscode.window.activeTextEditor!;
    const isExplorer = (tab?: vscode.Tab) =>
      tab?.input instanceof vscode.TabInputWebview && tab.input.viewType.includes('bioscope.explorer');
    const explorers = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(isExplorer);
    await vscode.window.tabGroups.close(explorers());
    const at = (word: string) => {
      const position = document.positionAt(document.getText().lastIndexOf(word) + 1);
      editor.selection = new vscode.Selection(position, position);
    };
    at('bio_page');
    await vscode.commands.executeCommand('bioscope.showName');
    equal(explorers().length, 0, 'panels for a local variable');
    at('bv_page');
    await vscode.commands.executeCommand('bioscope.showName');
    await eventually(() => isExplorer(vscode.window.tabGroups.activeTabGroup.activeTab), 'the explorer');
    await vscode.window.tabGroups.close(explorers());
  });
});

describe('a generated file of 5 MB', () => {
  it('never keeps the extension host busy for long', async () => {
    const one = (i: number) =>
      `static void s${i}(struct bio_vec *bv, struct page *page)\n{\n\tvoid *p = kmap_atomic(bv->bv_page);\n\tbv->bv_page = page;\n\tuse(page_address(bvec_page(bv)));\n${'\tcount_something(7);\n'.repeat(60)}\tkunmap_atomic(p);\n}\n\n`;
    let text = '#include <linux/bio.h>\n';
    for (let i = 0; text.length < 5_000_000; i++) text += one(i);
    const uri = await write('block/generated.c', text);
    // VS Code needs its own time to open such a file; what counts is what comes on top.
    await settings().update('hazards', 'off', vscode.ConfigurationTarget.Global);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'c');
    let longest = 0;
    let turns = 0;
    let last = performance.now();
    const clock = setInterval(() => {
      const now = performance.now();
      turns++;
      longest = Math.max(longest, now - last);
      last = now;
    }, 1);
    try {
      await settings().update('hazards', undefined, vscode.ConfigurationTarget.Global);
      const began = performance.now();
      turns = 0;
      await eventually(() => marks(uri).length > 5_000, 'hazards of the whole file');
      console.log(
        `    5 MB: ${marks(uri).length} hazards in ${Math.round(performance.now() - began)} ms, longest block ${Math.round(longest)} ms`,
      );
      ok(turns > 10, `others had ${turns} turns while the file was read`);
      longest = 0;
      const actions = await codeActions(document, 'bv_page = page', 'quickfix');
      ok(
        actions.some(({ title }) => title.includes('bvec_set_page()')),
        'a quick fix',
      );
      console.log(`    5 MB: conversions, longest block ${Math.round(longest)} ms`);
      longest = 0;
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        uri,
        document.positionAt(text.indexOf('bv_page', 2_500_000) + 1),
      );
      ok(hovers.length > 0, 'a hover');
      console.log(`    5 MB: hover, longest block ${Math.round(longest)} ms`);
    } finally {
      clearInterval(clock);
    }
  });
});
