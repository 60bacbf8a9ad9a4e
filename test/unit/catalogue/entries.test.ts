import { describe, expect, it } from 'vitest';
import { entries, lookup } from '../../../src/catalogue';
import type { CatalogueEntry, EntryText } from '../../../src/catalogue';
import { PICTURES } from '../../../src/protocol/view-state';

const FIRST_NAMES = [
  '__pfn_t',
  'PFN_DEV',
  '__pfn_t_to_page',
  '__pfn_t_to_phys',
  'page_to_pfn_t',
  'bvec_page',
  'bvec_set_page',
  'bv_page',
  'bv_pfn',
  'bio_add_pfn',
  'dma_map_pfn',
  'kmap_atomic_pfn_t',
  'kunmap_atomic_pfn_t',
  'devm_register_kmap_pfn_range',
  'sg_phys',
  'QUEUE_FLAG_PFN',
];

const VERSIONS = ['4.1', 'v1', 'v3', 'v5', 'pfn-branch', '4.5', '6.1', '6.12', '6.18'];

/** Every string of an entry, to look for what must not stand in any of them. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(strings) : [];
}

const texts: [string, EntryText][] = entries().flatMap((entry): [string, EntryText][] => [
  [entry.name, entry],
  ...(entry.variants ?? []).map((variant): [string, EntryText] => [`${entry.name}/${variant.id}`, variant]),
]);

describe('catalogue', () => {
  it.each(FIRST_NAMES)('knows %s', (name) => {
    expect(lookup(name)?.name).toBe(name);
  });

  it('has each name once and finds nothing else', () => {
    const names = entries().map((entry) => entry.name);
    expect(names.length).toBeGreaterThanOrEqual(220);
    expect(new Set(names).size).toBe(names.length);
    for (const name of ['', 'constructor', 'toString', '__PFN_T', 'bvec_pag', 'struct page']) {
      expect(lookup(name)).toBeUndefined();
    }
  });

  it.each(entries().map((entry): [string, CatalogueEntry] => [entry.name, entry]))(
    '%s is one C name',
    (_, entry) => {
      expect(entry.name).toMatch(/^[A-Za-z_]\w*$/);
      expect(PICTURES).toContain(entry.picture);
      for (const pattern of [...(entry.match?.notIn ?? []), ...(entry.match?.onlyIn ?? [])])
        expect(() => new RegExp(pattern)).not.toThrow();
      const ids = (entry.variants ?? []).map((variant) => variant.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { when } of entry.variants ?? []) {
        expect(Object.values(when).filter((one) => one !== undefined)).not.toHaveLength(0);
        for (const pattern of [...(when.path ?? []), when.text ?? ''])
          expect(() => new RegExp(pattern)).not.toThrow();
      }
      if (entry.kind === 'member' || entry.kind === 'op') expect(entry.match?.memberOf).toBeTruthy();
    },
  );

  it.each(texts)('%s is complete', (_, text) => {
    expect(text.meaning.length).toBeGreaterThan(10);
    expect(text.meaning.length).toBeLessThanOrEqual(120);
    expect(text.meaning).toMatch(/\.$/);
    expect(text.pageBacked).not.toBe('');
    expect(text.pageLess).not.toBe('');
    expect(text.signatures.length).toBeGreaterThan(0);
    expect(text.sources.length).toBeGreaterThan(0);
    expect(text.history.today ?? text.history.removed).toBeTruthy();
    for (const error of text.errors) expect(error.value && error.when).toBeTruthy();
    for (const source of text.sources) expect(source.what).not.toBe('');
  });

  it.each(texts)('%s confirms nothing it cannot', (_, text) => {
    for (const signature of text.signatures) {
      expect(signature.source).not.toBe('');
      // No patch text of v3 is public, so no line of it can be more than reconstructed.
      if (signature.version === 'v3') expect(signature.certainty).toBe('reconstructed');
      if (signature.certainty === 'reconstructed') expect(signature.source.length).toBeGreaterThan(20);
    }
    expect(text.sources.some((one) => one.certainty === 'stated' || one.certainty === 'ran')).toBe(true);
  });

  it('has no sentence twice: what two names share is said of each in its own words', () => {
    const seen = new Map<string, string>();
    for (const [name, text] of texts) {
      const { meaning, pageBacked, pageLess, context, hazard } = text;
      for (const part of [meaning, pageBacked, pageLess, context, hazard]) {
        for (const sentence of (part ?? '').split(/(?<=[.;]) /)) {
          if (sentence.split(' ').length < 6) continue;
          expect(seen.get(sentence), `${sentence} (${name})`).toBeUndefined();
          seen.set(sentence, name);
        }
      }
    }
  });

  it.each(texts)('%s names a known version once for each line', (_, text) => {
    const versions = text.signatures.map(({ version }) => version);
    expect(new Set(versions).size).toBe(versions.length);
    for (const version of versions) expect(VERSIONS).toContain(version);
  });

  it.each(texts)('%s points only at names the catalogue has', (_, text) => {
    const today = text.history.today ?? '';
    if (/^\w+$/.test(today)) expect(lookup(today)).toBeDefined();
  });

  it.each(texts)('%s is plain text on one line, without a path of any machine', (_, text) => {
    for (const one of strings(text)) {
      expect(one).not.toMatch(/[\n\r\t`]/);
      expect(one).not.toMatch(/<\/?[a-z]+>/i);
      expect(one).not.toMatch(/(^|\s)\/(work|root|home|tmp|usr)\b/);
    }
  });
});
