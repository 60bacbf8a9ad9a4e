import * as vscode from 'vscode';
import { equal, eventually, ok } from '../expect';
import { CODE, codeActions, fileIn, open, withSetting, write, marks, codes, settings } from '../kernel-c';

/** Kernel C in the editor: what is marked, explained and looked up. */

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
