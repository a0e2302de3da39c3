-- Days after the end of an order for which its buyer stays known.
ALTER TABLE "companies" ADD COLUMN "retention_days" INTEGER NOT NULL DEFAULT 30;
ALTER TABLE "companies" ADD CONSTRAINT "companies_retention_days_check" CHECK ("retention_days" BETWEEN 1 AND 3650);

-- Since when nothing personal is kept of it; whatever comes in later is stored without.
ALTER TABLE "orders" ADD COLUMN "wiped_at" TIMESTAMPTZ(3);
ALTER TABLE "returns" ADD COLUMN "wiped_at" TIMESTAMPTZ(3);
ALTER TABLE "documents" ADD COLUMN "wiped_at" TIMESTAMPTZ(3);

-- What may have to be wiped: long unchanged, and not wiped yet.
CREATE INDEX "orders_to_wipe_idx" ON "orders"("company_id", "tiktok_updated_at")
    WHERE "wiped_at" IS NULL AND "state" = 'exported';
CREATE INDEX "documents_to_wipe_idx" ON "documents"("company_id", "updated_at")
    WHERE "wiped_at" IS NULL AND "type" <> 'order';
CREATE INDEX "returns_to_wipe_idx" ON "returns"("company_id", "tiktok_updated_at")
    WHERE "wiped_at" IS NULL;
