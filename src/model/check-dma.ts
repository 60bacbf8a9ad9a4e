import { phys } from './address';
import type { Finding } from './check';
import type { BioscopeDocument } from './machine-spec';

/** What the schema cannot say about DMA. */
export function checkDma({ machine }: BioscopeDocument, findings: Finding[]): void {
  (machine.devices ?? []).forEach((device, i) => {
    if (!('dmaMask' in device) || device.dmaMask === undefined) return;
    const reach = phys(device.dmaMask) + 1;
    if (Number.isInteger(Math.log2(reach))) return;
    findings.push({
      severity: 'error',
      path: ['machine', 'devices', i, 'dmaMask'],
      message: `${device.dmaMask} is not one less than a power of two, as a mask of address bits is`,
    });
  });
  const { dma, kernel } = machine;
  if (dma && kernel.arch !== undefined && kernel.arch !== 'x86-64') {
    findings.push({
      severity: 'error',
      path: ['machine', 'dma'],
      message: `DMA ops are described for x86-64 only; this machine is ${kernel.arch}`,
    });
  }
  if (dma?.ambaBase !== undefined && dma.hardware !== 'sta2x11') {
    findings.push({
      severity: 'warning',
      path: ['machine', 'dma', 'ambaBase'],
      message: 'ambaBase is only for sta2x11: nothing else reads it',
    });
  }
}
