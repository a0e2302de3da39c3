-- What others do to parcels: the number that TikTok has in place of the ERP's, and packages whose warehouse is to be read.
ALTER TABLE "shipment_packages" ADD COLUMN "tiktok_tracking_number" TEXT;

ALTER TABLE "orders" ADD COLUMN "packages_due" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "orders_packages_due_idx" ON "orders" ("connection_id", "id") WHERE "packages_due";
