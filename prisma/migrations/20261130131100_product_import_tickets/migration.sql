-- Imports of products that callers have announced, and the files that came for them.
CREATE TABLE "product_import_tickets" (
    "company_id" INTEGER NOT NULL,
    "ticket" TEXT COLLATE "C" NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "import_id" INTEGER,
    "made_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "product_import_tickets_pkey" PRIMARY KEY ("company_id","ticket")
);
CREATE INDEX "product_import_tickets_made_at_idx" ON "product_import_tickets"("made_at");
