-- A shipment that failed may be sent again under its number: what was refused of its former content is put aside.
ALTER TABLE "shipment_packages" DROP CONSTRAINT "shipment_packages_state_check";
ALTER TABLE "shipment_packages" ADD CONSTRAINT "shipment_packages_state_check"
  CHECK ("state" IN ('pending', 'sent', 'refused', 'in_doubt', 'replaced'));

-- The status at which a company's new orders wait for its ERP.
ALTER TABLE "companies" ADD COLUMN "pickup_status" INTEGER NOT NULL DEFAULT 100;
ALTER TABLE "companies" ADD CONSTRAINT "companies_pickup_status_check" CHECK ("pickup_status" IN (100, 150));
