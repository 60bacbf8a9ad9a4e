// Today's helpers, for Coccinelle: what Bioscope's own conversion is compared with. Where a bio_vec is filled by
// three statements, they may stand in any order; two orders occur.

@disable ptr_to_array@
expression E, P, L, O;
@@
- E->bv_page = P;
- E->bv_len = L;
- E->bv_offset = O;
+ bvec_set_page(E, P, L, O);

@disable ptr_to_array@
expression E, P, L, O;
@@
- E->bv_page = P;
- E->bv_offset = O;
- E->bv_len = L;
+ bvec_set_page(E, P, L, O);

@disable ptr_to_array@
expression E, P, L, O;
@@
- E.bv_page = P;
- E.bv_len = L;
- E.bv_offset = O;
+ bvec_set_page(&E, P, L, O);

@disable ptr_to_array@
expression E, P, L, O;
@@
- E.bv_page = P;
- E.bv_offset = O;
- E.bv_len = L;
+ bvec_set_page(&E, P, L, O);

@disable ptr_to_array@
expression E;
@@
- page_address(E->bv_page) + E->bv_offset
+ bvec_virt(E)

@disable ptr_to_array@
expression E;
@@
- page_address(E.bv_page) + E.bv_offset
+ bvec_virt(&E)

@disable ptr_to_array@
expression E;
@@
- kmap_local_page(E.bv_page) + E.bv_offset
+ bvec_kmap_local(&E)

@disable ptr_to_array@
expression E;
@@
- page_to_phys(sg_page(E)) + E->offset
+ sg_phys(E)

@disable ptr_to_array@
expression E;
@@
- page_address(sg_page(E)) + E->offset
+ sg_virt(E)

@disable ptr_to_array@
expression E;
@@
- page_address(sg_page(&E)) + E.offset
+ sg_virt(&E)
