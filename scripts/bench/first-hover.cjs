// A process of its own: what the first hover of a window costs, with the files that are shipped.
// node first-hover.cjs DIST FILE OFFSET: prints ms of the clock, ms of the processor, MiB.
const { readFile } = require('node:fs/promises');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , dist = '', file = '', offset] = process.argv;
const text = readFileSync(file, 'utf8');

async function firstHover() {
  const [start, busy, before] = [performance.now(), process.cpuUsage(), process.memoryUsage.rss()];
  const { CParser, hoverAt, hoverMarkdown } = require(join(dist, 'reader.js'));
  const [runtime, grammar] = await Promise.all(
    ['web-tree-sitter.wasm', 'tree-sitter-c.wasm'].map((name) => readFile(join(dist, name))),
  );
  const parser = await CParser.create({ runtime, grammar });
  const shown = hoverMarkdown(hoverAt(parser, text, Number(offset), { path: file }), {});
  const { user, system } = process.cpuUsage(busy);
  const mib = (process.memoryUsage.rss() - before) / 1024 / 1024;
  if (shown === '') throw new Error('nothing is said there');
  return { clock: performance.now() - start, processor: (user + system) / 1000, mib };
}

firstHover().then((cost) => console.log(JSON.stringify(cost)));
