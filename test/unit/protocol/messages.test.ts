import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PROTOCOL_VERSION,
  REQUESTS,
  receiveFromHost,
  receiveFromWebview,
} from '../../../src/protocol/messages';
import { machineView } from '../../../src/host/machine-view';
import { machine } from '../arbitraries';

const v = PROTOCOL_VERSION;

describe('messages from a webview', () => {
  it.each([
    { v, type: 'ready' },
    ...REQUESTS.map((request) => ({ v, type: 'request', request })),
    { v, type: 'select', selection: {} },
    { v, type: 'select', selection: { extent: 4096 } },
    { v, type: 'select', selection: { io: 2 } },
  ])('%j is understood', (message) => {
    expect(receiveFromWebview(message)).toEqual({ ok: true, message });
  });

  it.each([
    ['an unknown request', { v, type: 'request', request: 'workbench.action.quit' }],
    ['a selection of another kind', { v, type: 'select', selection: { path: '/etc/passwd' } }],
    ['an extra member', { v, type: 'ready', more: 1 }],
    ['no version', { type: 'ready' }],
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
    const view = machineView(
      { bioscope: 1, machine: machine({ flavour: '4.1-pfn', posting: 'v3' }), workload },
      ['note'],
    );
    const message = { v, type: 'state', state: { machine: view, selection: { io: 0 } } };
    expect(receiveFromHost(message)).toEqual({ ok: true, message });
    expect(view.reconstructed).toBe(true);
    // A bigint kills a webview message, so none may be in there.
    expect(() => JSON.stringify(view)).not.toThrow();
  });
});
