import * as vscode from 'vscode';
import { equal, eventually, ok } from '../expect';
import { CODE, codeActions, fileIn, open, write } from '../kernel-c';

/** Kernel C converted in the editor: a place, a file, a folder. */

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
    await convertFolder(fileIn('tree'), () => document.getText().includes('page_address(bvec_page(bv))'));
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
    // The first look has opened that file: what is open is converted as it is shown.
    await write('tree/b/open.c', CODE);
    await eventually(() => document.getText() === CODE, 'the open document to be as it was');
    await convertFolder(fileIn('tree'), () => document.getText() !== CODE);
    const bytes = await vscode.workspace.fs.readFile(fileIn('tree/b/latin.c'));
    ok(bytes[3] === 0xe9, 'the other encoding is as it was');
  });
});

/** Where news of a file just written comes late, VS Code calls the change off: what it shows is of yesterday. */
async function convertFolder(folder: vscode.Uri, converted: () => boolean): Promise<void> {
  for (let tries = 0; tries < 5 && !converted(); tries++) {
    let settled = false;
    const run = vscode.commands.executeCommand('bioscope.convert', folder).then(() => (settled = true));
    await answerPreview('apply', () => settled);
    await run;
  }
  ok(converted(), 'the open document is converted');
}

/** The text of a file, once it holds something: VS Code saves a little after it has changed it. */
async function eventuallyText(path: string, part: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(fileIn(path)));
    if (text.includes(part)) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} never held ${part}`);
}
