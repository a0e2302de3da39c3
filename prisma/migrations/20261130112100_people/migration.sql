-- A key that was replaced works for a while beside the new one (`retired_at`, until `expires_at`); a slot has one that is neither.
ALTER TABLE "api_keys" ADD COLUMN "label" TEXT,
    ADD COLUMN "created_by" TEXT,
    ADD COLUMN "retired_at" TIMESTAMPTZ(3);
DROP INDEX "api_keys_live_slot_key";
CREATE UNIQUE INDEX "api_keys_live_slot_key" ON "api_keys" ("company_id", "slot")
    WHERE "revoked_at" IS NULL AND "retired_at" IS NULL;

-- Everything of a deactivated company stays; its keys and people are refused, its connections stand still.
ALTER TABLE "companies" ADD COLUMN "deactivated_at" TIMESTAMPTZ(3);

-- Who was there before administers everything, as until now.
ALTER TABLE "operators" ADD COLUMN "role" TEXT NOT NULL DEFAULT 'operator',
    ADD COLUMN "company_id" INTEGER,
    ADD COLUMN "totp_secret" TEXT,
    ADD COLUMN "totp_pending" TEXT,
    ADD COLUMN "totp_step" BIGINT,
    ADD COLUMN "totp_failures" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "totp_failed_at" TIMESTAMPTZ(3);
ALTER TABLE "operators" ADD CONSTRAINT "operators_company_id_fkey" FOREIGN KEY ("company_id")
    REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "operators" ADD CONSTRAINT "operators_role_check" CHECK (
    ("role" = 'operator' AND "company_id" IS NULL) OR ("role" = 'seller' AND "company_id" IS NOT NULL) OR "role" = 'reader');

CREATE TABLE "operator_recovery_codes" (
    "operator_id" INTEGER NOT NULL,
    "code_hash" TEXT NOT NULL,

    CONSTRAINT "operator_recovery_codes_pkey" PRIMARY KEY ("operator_id","code_hash")
);
ALTER TABLE "operator_recovery_codes" ADD CONSTRAINT "operator_recovery_codes_operator_id_fkey" FOREIGN KEY ("operator_id")
    REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A log-in whose password was right and whose second factor is still to come is no session yet.
ALTER TABLE "operator_sessions" ADD COLUMN "awaits_code" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "from_range" TEXT,
    ADD COLUMN "browser" TEXT;
