ALTER TABLE "runs" ADD COLUMN "calls" JSONB;

CREATE TABLE "portal_views" (
    "id" SERIAL NOT NULL,
    "operator_id" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "portal_views_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "portal_views_operator_id_path_name_key" ON "portal_views"("operator_id", "path", "name");

CREATE INDEX "orders_company_id_id_idx" ON "orders"("company_id", "id");

ALTER TABLE "portal_views" ADD CONSTRAINT "portal_views_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE;
