import { describe, expect, it } from 'vitest';
import { dmaDebug } from '../../src/cli/agree/tables/dma-debug';
import { capture } from './captures';

const path = 'captures-2015/plain-4.1.3-debug/dmesg-dma-api-debug.txt';
const text = capture(path);
const cases = [...dmaDebug(text, path, () => '')];

describe('dma-debug against the reports of 4.1.3', () => {
  it.each(cases)('$name', ({ expected, got, agrees }) => {
    expect(got).toBe(expected);
    expect(agrees).toBe(true);
  });

  it('runs every step, and is compared with every report', () => {
    expect(cases).toHaveLength(text.match(/K2015-STEP: (?!done)/g)!.length);
    expect(text.match(/WARNING: .* at lib\/dma-debug\.c/g)).toHaveLength(11);
    // debugfs at the end of the run.
    expect(capture('captures-2015/plain-4.1.3-debug/dma-api.txt')).toContain('dma-api/error_count:11\n');
  });

  it.each([
    ['a number', /\[unmap count=2\]/, '[unmap count=1]'],
    ['a direction', /\[synced with DMA_TO_DEVICE\]/, '[synced with DMA_BIDIRECTIONAL]'],
    ['the function', /check_for_stack/, 'check_unmap'],
    ['a report that is not there', /^.*with different size.*\n/m, ''],
    ['who mapped', /(Mapped at:\n.*)debug_dma_map_sg/, '$1debug_dma_map_page'],
  ])('notices %s', (_what, pattern, instead) => {
    const wrong = text.replace(pattern, instead);
    expect(wrong).not.toBe(text);
    expect([...dmaDebug(wrong, path, () => '')].filter(({ agrees }) => !agrees)).toHaveLength(1);
  });
});
