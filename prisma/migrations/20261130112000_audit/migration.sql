-- Every change that somebody makes to settings, keys, connections, people, companies and tables of values, and every decision
-- of a person. Rows are appended in the transaction of the change. The sealer gives each one its position and its link of the
-- chain after the commit.
CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "position" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "company_id" INTEGER,
    "connection_id" INTEGER,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_via" TEXT NOT NULL,
    "actor_role" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "actor_name" TEXT,
    "actor_from" TEXT,
    "before" TEXT,
    "after" TEXT,
    "salt" TEXT,
    "digest" TEXT NOT NULL,
    "mac" TEXT,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "audit_entries_position_key" ON "audit_entries"("position");
CREATE INDEX "audit_entries_company_id_position_idx" ON "audit_entries"("company_id", "position");
-- What waits for a position: a few rows at any time.
CREATE INDEX "audit_entries_unnumbered_idx" ON "audit_entries" ("id") WHERE "position" IS NULL;

INSERT INTO "change_heads" ("log", "position") VALUES ('audit_entries', 0);

-- The last link of the chain, and when it was written into the log of the program.
CREATE TABLE "audit_heads" (
    "id" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "mac" TEXT NOT NULL,
    "sealed_at" TIMESTAMPTZ(3),
    "logged_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("id")
);
INSERT INTO "audit_heads" ("id", "position", "mac") VALUES (1, 0, '');

-- The key of the chain, sealed with the key of encryption: the database alone cannot make a link.
CREATE TABLE "audit_keys" (
    "id" INTEGER NOT NULL,
    "sealed_key" TEXT NOT NULL,

    CONSTRAINT "audit_keys_pkey" PRIMARY KEY ("id")
);
