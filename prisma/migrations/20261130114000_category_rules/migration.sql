-- What TikTok says about categories and what it demands of their products. A cache: it is read again by age.
CREATE TABLE "category_lists" (
    "connection_id" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "categories" JSONB NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "category_lists_pkey" PRIMARY KEY ("connection_id","version")
);
ALTER TABLE "category_lists" ADD CONSTRAINT "category_lists_connection_id_fkey" FOREIGN KEY ("connection_id")
    REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "category_rules" (
    "connection_id" INTEGER NOT NULL,
    "category_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "demands" JSONB NOT NULL,
    "attributes" JSONB NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "category_rules_pkey" PRIMARY KEY ("connection_id","category_id")
);
ALTER TABLE "category_rules" ADD CONSTRAINT "category_rules_connection_id_fkey" FOREIGN KEY ("connection_id")
    REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
