// clangd as an editor runs it, on a tree that was never built: what it knows of the names we explain, and how fast.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {{ first: number, times: number[], answered: number, mib: number }} ClangdHovers
 *   `first`: ms from opening the file to the first answer; `answered`: hovers that were not null
 * @param {string} tree @param {string} file @param {number[]} offsets
 * @returns {Promise<ClangdHovers>}
 */
export async function clangdHovers(tree, file, offsets) {
  const child = spawn('clangd', ['--log=error'], { cwd: tree, stdio: ['pipe', 'pipe', 'ignore'] });
  const client = speaking(child);
  const textDocument = { uri: pathToFileURL(file).href };
  const text = readFileSync(file, 'utf8');
  const hover = (/** @type {number} */ offset) => {
    const before = text.slice(0, offset).split('\n');
    const position = { line: before.length - 1, character: String(before.at(-1)).length };
    return client.ask('textDocument/hover', { textDocument, position });
  };
  try {
    await client.ask('initialize', { processId: null, rootUri: pathToFileURL(tree).href, capabilities: {} });
    client.tell('initialized', {});
    const start = performance.now();
    client.tell('textDocument/didOpen', {
      textDocument: { ...textDocument, languageId: 'c', version: 1, text },
    });
    await hover(offsets[0] ?? 0);
    const first = performance.now() - start;
    const times = [];
    let answered = 0;
    for (const offset of offsets) {
      const since = performance.now();
      if ((await hover(offset)) !== null) answered++;
      times.push(performance.now() - since);
    }
    const most = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return { first, times, answered, mib: Number(most) / 1024 };
  } finally {
    child.kill();
  }
}

/** The language server protocol, as far as it takes. @param {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable, import('node:stream').Readable, null>} child */
function speaking(child) {
  /** @type {Map<number, (result: unknown) => void>} */
  const waiting = new Map();
  let [received, id] = [Buffer.alloc(0), 0];
  child.stdout.on('data', (some) => {
    received = Buffer.concat([received, some]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(received.toString('latin1'));
      const end = head ? head[0].length + Number(head[1]) : Infinity;
      if (!head || received.length < end) return;
      const message = JSON.parse(received.subarray(head[0].length, end).toString());
      received = received.subarray(end);
      if ('id' in message && !('method' in message)) waiting.get(message.id)?.(message.result ?? null);
    }
  });
  const send = (/** @type {object} */ message) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  return {
    tell: (/** @type {string} */ method, /** @type {object} */ params) => send({ method, params }),
    /** @returns {Promise<unknown>} */
    ask: (/** @type {string} */ method, /** @type {object} */ params) =>
      new Promise((resolve) => {
        waiting.set(++id, resolve);
        send({ id, method, params });
      }),
  };
}
