import * as vscode from 'vscode';
import { equal, ok } from '../expect';

const folder = () => {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri;
  ok(found, 'a folder is open');
  return found;
};

/** Exports the open machine and gives the file's bytes back. */
async function exported(name: string, wanted: object): Promise<Uint8Array> {
  const target = vscode.Uri.joinPath(folder(), name);
  await vscode.commands.executeCommand('bioscope.export', { ...wanted, target });
  const bytes = await vscode.workspace.fs.readFile(target);
  await vscode.workspace.fs.delete(target);
  await vscode.commands.executeCommand('notifications.clearAll');
  return bytes;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('exports', () => {
  before(async () => {
    await vscode.commands.executeCommand('bioscope.openScenario', 'level-by-level.bioscope.json');
  });

  it('are written as CSV, Chrome trace, blkparse and ftrace text', async () => {
    const csv = text(await exported('out.csv', { format: 'csv' }));
    ok(csv.includes('generic_make_request_checks,'), 'the refusal is in the CSV');
    const trace = JSON.parse(text(await exported('out.json', { format: 'chrome' }))) as {
      traceEvents: object[];
    };
    ok(trace.traceEvents.length > 40, 'the trace has its events');
    ok(
      / D +W 2048 \+ 8 \[bioscope\]/.test(text(await exported('out.txt', { format: 'blkparse' }))),
      'blkparse text',
    );
    ok(
      text(await exported('out.ftrace', { format: 'ftrace' })).includes(': block_bio_remap: '),
      'ftrace text',
    );
  });

  it('are drawn as SVG that needs no style sheet', async () => {
    const svg = text(await exported('out.svg', { format: 'svg', picture: 'byte-ribbons' }));
    ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"'), svg.slice(0, 80));
    ok(/fill="rgb/.test(svg), 'looks are attributes');
    ok(!/var\(--|class=|onload|<script|data-from/.test(svg), 'nothing of the page is left in it');
  });

  it('are drawn as PNG, with the canvas of the map', async () => {
    const png = await exported('out.png', { format: 'png', picture: 'memory-map' });
    equal([...png.slice(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10], 'signature');
    const view = new DataView(png.buffer, png.byteOffset);
    ok(view.getUint32(16) > 400 && view.getUint32(20) > 200, 'it has a size');
    ok(png.length > 5000, 'and something on it');
  });
});
