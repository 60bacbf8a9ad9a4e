// The helpers of 2015, for Coccinelle: what Bioscope's own conversion is compared with.
// Writes come first, so that no target of an assignment becomes a call. Coccinelle would take a[i].m for a->m and
// lose the index; that is disabled.

@disable ptr_to_array@
expression E, F;
@@
- E->bv_page = F
+ bvec_set_page(E, F)

@disable ptr_to_array@
expression E, F;
@@
- E.bv_page = F
+ bvec_set_page(&E, F)

@disable ptr_to_array@
expression E;
@@
- E->bv_page
+ bvec_page(E)

@disable ptr_to_array@
expression E;
@@
- E.bv_page
+ bvec_page(&E)
