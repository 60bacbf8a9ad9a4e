import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PROTOCOL_VERSION,
  REQUESTS,
  receiveFromHost,
  receiveFromWebview,
} from '../../../src/protocol/messages';
import { openMachine } from '../../../src/host/machine-view';
import { pageView } from '../../../src/host/page-view';
import { machine } from '../arbitraries';

const v = PROTOCOL_VERSION;

const note = (mark: unknown) => ({ v, type: 'mark', change: { do: 'add', mark } });

describe('messages from a webview', () => {
  it.each([
    { v, type: 'ready' },
    ...REQUESTS.map((request) => ({ v, type: 'request', request })),
    { v, type: 'select', selection: {} },
    { v, type: 'select', selection: { extent: 4096 } },
    { v, type: 'select', selection: { io: 2 } },
    { v, type: 'select', selection: { page: 0x40000 } },
    { v, type: 'search', text: 'pfn 74565' },
    { v, type: 'mark', change: { do: 'add', mark: { start: 0, end: 4096, text: 'a', colour: 'red' } } },
    { v, type: 'mark', change: { do: 'replace', index: 0, mark: { start: 0, end: 1, text: '' } } },
    { v, type: 'mark', change: { do: 'remove', index: 3 } },
  ])('%j is understood', (message) => {
    expect(receiveFromWebview(message)).toEqual({ ok: true, message });
  });

  it.each([
    ['an unknown request', { v, type: 'request', request: 'workbench.action.quit' }],
    ['a selection of another kind', { v, type: 'select', selection: { path: '/etc/passwd' } }],
    ['an extra member', { v, type: 'ready', more: 1 }],
    ['no version', { type: 'ready' }],
    ['half a page', { v, type: 'select', selection: { page: 1.5 } }],
    ['a page beyond 2^52 bytes', { v, type: 'select', selection: { page: 2 ** 40 } }],
    ['a novel to search for', { v, type: 'search', text: 'a'.repeat(201) }],
    ['a note that ends before it starts', note({ start: 4096, end: 4096, text: '' })],
    ['a note longer than a document may hold', note({ start: 0, end: 1, text: 'a'.repeat(501) })],
    ['a note in a colour of its own', note({ start: 0, end: 1, text: '', colour: 'url(x)' })],
    ['a note put nowhere', { v, type: 'mark', change: { do: 'replace', index: -1 } }],
    ['a negative address', { v, type: 'select', selection: { extent: -1 } }],
  ])('%s is refused', (_, message) => {
    expect(receiveFromWebview(message).ok).toBe(false);
  });

  it('of another version are refused politely, with what to do', () => {
    const newer = receiveFromWebview({ v: v + 1, type: 'something new' });
    const older = receiveFromWebview({ v: v - 1, type: 'ready' });
    expect(!newer.ok && newer.reason).toMatch(/newer Bioscope\. Reload the window/);
    expect(!older.ok && older.reason).toMatch(/older Bioscope\. Reload the window/);
  });

  it('that are nonsense never throw', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(receiveFromWebview(data).ok).toBe(false);
        expect(receiveFromHost(data).ok).toBe(false);
      }),
    );
  });
});

describe('states from the host', () => {
  it('of a machine and its recording pass the check on arrival unchanged', () => {
    const workload = [
      {
        op: 'write' as const,
        device: 'ram0',
        sector: 0,
        add: 'bio_add_page' as const,
        vecs: [{ pfn: '0x100', offset: 0, len: 4096 }],
      },
    ];
    const spec = machine({ flavour: '4.1-pfn', posting: 'v3' });
    const { view, map, vectors } = openMachine({ bioscope: 1, machine: spec, workload }, ['note']);
    const runs = { start: Float64Array.of(7), count: Float64Array.of(2 ** 33), flags: Uint8Array.of(1) };
    view.map = { ...view.map, states: runs, windows: [{ start: 0, end: 4096, by: 'dax_io' }] };
    const page = pageView({ spec, map, view: view.map, vectors }, 0x40000);
    const found = { ok: true, message: 'here', at: { start: 0, end: 4096 } };
    const message = {
      v,
      type: 'state',
      state: { machine: view, selection: { io: 0, page: 0x40000 }, page, found, scenarios: [], lessons: [] },
    };
    expect(receiveFromHost(message)).toEqual({ ok: true, message });
    expect(view.reconstructed).toBe(true);
    // A bigint kills a webview message, so none may be in there.
    expect(() => JSON.stringify(message)).not.toThrow();
  });

  it('with columns of runs that differ in length are refused', () => {
    const { view } = openMachine({ bioscope: 1, machine: machine({ flavour: '4.1' }) }, []);
    const states = { start: Float64Array.of(7), count: new Float64Array(), flags: Uint8Array.of(1) };
    const state = {
      machine: { ...view, map: { ...view.map, states } },
      selection: {},
      scenarios: [],
      lessons: [],
    };
    expect(receiveFromHost({ v, type: 'state', state }).ok).toBe(false);
  });
});
