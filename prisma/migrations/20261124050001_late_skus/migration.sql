-- The ERP's SKU that a matching file named after the ERP had fetched the order: its document stays as it is, but what the
-- ERP sends back is understood with it.
ALTER TABLE "order_lines" ADD COLUMN "late_sku" TEXT;
