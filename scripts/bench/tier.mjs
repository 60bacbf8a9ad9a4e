// 1 TiB of persistent memory in front of a disk, and the three ways its data can get there.
import { bundled } from './bundled.mjs';

const SCRIPT = `seed 1
mixed 1000000 of 4k within 512M zipf 1.2 reads 70`;

const WAYS = /** @type {const} */ ({
  copy: 'CPU copy through DRAM pages',
  pages: 'struct pages for all of pmem',
  pfn: 'pfn I/O without a copy (the series, v3)',
});

/** Prints the one-page result. @param {string} folder for what is built */
export async function benchTier(folder) {
  /** @type {{ TierBench: new (move: string, script: string) => { run(cpuSeconds: () => number): Record<'ios' | 'seconds' | 'copied' | 'byDma' | 'memmap' | 'p50' | 'p99', number> } }} */
  const { TierBench } = await bundled('tier', folder);
  console.log(
    '1 TiB of pmem over a disk of 7200 rpm; 1,000,000 I/Os of 4 KiB, 70 % reads, zipf 1.2 over 512 MiB, write-back: 2 % of 1 GiB may be dirty',
  );
  const rows = [
    [
      'way',
      'copied by the CPU',
      'moved by DMA',
      'DRAM for memmap',
      'p50',
      'p99',
      'simulated I/O per second of CPU',
    ],
  ];
  for (const [move, what] of Object.entries(WAYS)) {
    // The first run is for the compiler.
    new TierBench(move, SCRIPT).run(cpuSeconds);
    const found = new TierBench(move, SCRIPT).run(cpuSeconds);
    rows.push([
      what,
      bytes(found.copied),
      bytes(found.byDma),
      bytes(found.memmap),
      time(found.p50),
      time(found.p99),
      `${(found.ios / found.seconds / 1e6).toFixed(2)} M`,
    ]);
  }
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  for (const row of rows) console.log(row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  console.log(
    'latency is modelled: seeks and turns of the disk, and 10 GB/s for copies by the one CPU; nothing was measured on hardware',
  );
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** @param {number} value */
function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return value === 0 ? '0' : `${value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** @param {number} ns */
function time(ns) {
  return ns < 1e6 ? `${(ns / 1e3).toFixed(2)} µs` : `${(ns / 1e6).toFixed(2)} ms`;
}
