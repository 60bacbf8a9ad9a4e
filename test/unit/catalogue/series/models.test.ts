import { describe, expect, it } from 'vitest';
import { SERIES_FILES, seriesFile } from '../../../../src/catalogue/series';
import { isSimulated, seriesDocument } from '../../../../src/engine/series';
import { seriesResult, simulatedFiles } from '../../../../src/engine/series/results';
import { checkDocument } from '../../../../src/model/check';
import { readDocument, writeDocument } from '../../../../src/model/document';

const V1 = { flavour: '4.1-pfn', posting: 'v1' } as const;
const V3 = { flavour: '4.1-pfn', posting: 'v3' } as const;

describe('the models of the series', () => {
  it('are of files that the series touches, more than 60 of them', () => {
    for (const file of simulatedFiles()) expect(seriesFile(file), file).toBeDefined();
    expect(SERIES_FILES.filter(({ file }) => isSimulated(file)).length).toBeGreaterThan(60);
  });

  it.each(simulatedFiles())('%s: memory with pages goes there and comes back', (file) => {
    for (const kernel of [{ flavour: '4.1' } as const, V1, V3])
      expect(seriesResult(file, kernel, 'page-backed')).toMatchObject({ outcome: 'works' });
  });

  it.each(simulatedFiles())('%s: what is said of page-less memory is what v3 does', (file) => {
    const { outcome } = seriesFile(file)!.pageless;
    const ran = seriesResult(file, V3, 'page-less')!;
    // What hands bios on says that others decide; what makes them has no page to make them of.
    if (outcome === 'below') expect(ran.outcome).not.toBe('bug');
    else expect(ran.outcome, ran.text).toBe(outcome === 'owns' ? 'error' : outcome);
  });

  it.each(simulatedFiles())('%s: opens as a document that is valid', (file) => {
    const document = seriesDocument(file, V3)!;
    expect(checkDocument(document).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(readDocument(writeDocument(document)).ok).toBe(true);
  });

  it('know nothing of other files', () => {
    expect(seriesDocument('fs/btrfs/volumes.c', V3)).toBeUndefined();
    expect(seriesResult('fs/btrfs/volumes.c', V3, 'page-less')).toBeUndefined();
  });
});

/** What each driver does with page-less memory, in v1 - which ran - and in v3: said once more, and by hand. */
describe('page-less memory', () => {
  const expected: [string, string, string][] = [
    ['arch/powerpc/sysdev/axonram.c', 'faults in axon_ram_make_request', 'faults in axon_ram_make_request'],
    ['drivers/s390/block/dcssblk.c', 'faults in dcssblk_make_request', 'faults in dcssblk_make_request'],
    ['drivers/block/nbd.c', 'faults in sock_xmit', 'faults in sock_xmit'],
    ['drivers/block/zram/zram_drv.c', 'faults in zram_bvec_rw', 'faults in zram_bvec_rw'],
    ['drivers/block/aoe/aoecmd.c', 'faults in bio_pageinc', 'faults in bio_pageinc'],
    ['drivers/block/drbd/drbd_main.c', 'faults in _drbd_send_zc_bio', 'faults in _drbd_send_zc_bio'],
    ['drivers/block/drbd/drbd_receiver.c', 'faults in recv_dless_read', 'faults in recv_dless_read'],
    ['drivers/block/drbd/drbd_worker.c', 'faults in drbd_csum_bio', 'faults in drbd_csum_bio'],
    ['net/ceph/messenger.c', 'faults in ceph_tcp_sendpage', 'faults in ceph_tcp_sendpage'],
    ['drivers/block/pktcdvd.c', 'faults in pkt_make_local_copy', 'faults in pkt_make_local_copy'],
    ['drivers/block/floppy.c', 'faults in copy_buffer', 'faults in copy_buffer'],
    ['drivers/block/umem.c', 'works', 'reports success; the bytes are wrong'],
    ['drivers/block/rsxx/dma.c', 'works', 'reports success; the bytes are wrong'],
    ['drivers/block/ps3disk.c', 'faults in ps3disk_scatter_gather', 'works'],
    ['drivers/block/ps3vram.c', 'faults in ps3vram_do_bio', 'faults in ps3vram_do_bio'],
    ['drivers/s390/block/dasd_eckd.c', 'works', 'reports success; the bytes are wrong'],
    ['drivers/s390/block/dasd_fba.c', 'works', 'reports success; the bytes are wrong'],
    ['drivers/s390/block/dasd_diag.c', 'works', 'reports success; the bytes are wrong'],
    ['drivers/s390/block/scm_blk.c', 'works', 'reports success; the bytes are wrong'],
    ['drivers/s390/block/xpram.c', 'works', 'ends with -EIO'],
    ['drivers/mmc/card/queue.c', 'works', 'works'],
    [
      'drivers/scsi/mpt2sas/mpt2sas_transport.c',
      'faults in _transport_smp_handler',
      'faults in _transport_smp_handler',
    ],
    [
      'drivers/staging/lustre/lustre/llite/lloop.c',
      'faults in osc_checksum_bulk',
      'faults in osc_checksum_bulk',
    ],
    ['drivers/target/target_core_file.c', 'faults in fd_do_rw', 'faults in fd_do_rw'],
    ['drivers/md/dm-crypt.c', 'faults in crypt_convert_block', 'faults in crypt_convert_block'],
    ['drivers/md/dm-verity.c', 'faults in verity_verify_io', 'faults in verity_verify_io'],
    ['drivers/md/dm-log-writes.c', 'faults in log_writes_map', 'faults in log_writes_map'],
    ['drivers/md/dm-io.c', 'works', 'reports success; the bytes are wrong'],
    ['drivers/md/raid5.c', 'faults in async_copy_data', 'faults in async_copy_data'],
    ['drivers/md/raid10.c', 'works', 'works'],
    ['drivers/scsi/sd_dif.c', 'faults in bio_integrity_process', 'faults in bio_integrity_process'],
    ['block/blk-core.c', 'ends with -EOPNOTSUPP', 'ends with -EOPNOTSUPP'],
    ['lib/swiotlb.c', 'faults in __memcpy', 'faults in __memcpy'],
  ];
  it.each(expected)('%s: v1 %s; v3 %s', (file, v1, v3) => {
    expect(seriesResult(file, V1, 'page-less')!.text).toBe(v1);
    expect(seriesResult(file, V3, 'page-less')!.text).toBe(v3);
  });
});
