/**
 * Migrations that were edited after a commit of main had published them. A database that was made by such a commit has the
 * checksum of the former file in its ledger, and lacks what the edit brought.
 */
export interface Bridge {
  migration: string;
  /** SHA-256 of the former file, as the ledger has it. */
  checksum: string;
  /** Leads from what the former file made to what the present one makes. It may run where nothing is missing. */
  sql: string;
}

/** All five former versions of the first file lack some of this, each another part. */
const FIRST_TABLES = `
  ALTER TABLE "shipments" ADD COLUMN IF NOT EXISTS "parts" JSONB NOT NULL DEFAULT '[]';
  ALTER TABLE "flows" ADD COLUMN IF NOT EXISTS "claimed_until" TIMESTAMPTZ(3);
  ALTER TABLE "outbox" ADD COLUMN IF NOT EXISTS "claimed_until" TIMESTAMPTZ(3),
    ADD COLUMN IF NOT EXISTS "read_backs" INTEGER NOT NULL DEFAULT 0;
  DROP INDEX IF EXISTS "flows_due_idx", "flows_requested_idx";
  CREATE INDEX "flows_due_idx" ON "flows" ("next_attempt_at") WHERE "enabled" OR "requested" > "requested_seen";
  CREATE INDEX IF NOT EXISTS "outbox_needs_person_idx" ON "outbox" ("company_id") WHERE "state" = 'needs_person';`;

const CATALOGUE_KEY = `
  ALTER TABLE "catalog_skus" DROP CONSTRAINT "catalog_skus_pkey",
    ADD CONSTRAINT "catalog_skus_pkey" PRIMARY KEY ("environment", "shop_id", "sku_id");`;

/** Nothing is lacking in the end: a comment was edited, or the migration after it brings back what the edit took. */
const NOTHING = '';

const FORMER: Readonly<Record<string, readonly (readonly [checksum: string, sql: string])[]>> = {
  '20261123000000_init': [
    ['c51cc136a71e6ecbf4e6f2ab40ac422406b8ab73312767c33b3977e93a8d01e7', FIRST_TABLES],
    ['7f42e93e2fc07f1e0577d1130644419d2dfc157a015ea27fff22a8b8c4ad8d88', FIRST_TABLES],
    ['f84c9f8fd943a4d26e0a277eb07283152e5e6e3a03c9d33059821cfdc1f75743', FIRST_TABLES],
    ['bfd29b0d3d6e6f621cb85d86fbd214ccc2b6be9cd5d0f7a9568a74f6b082107c', FIRST_TABLES],
    ['5826c9581c554c4c0457ae9a63d609538796f7f0e25958c1b98cd44cbb45b2e0', FIRST_TABLES],
  ],
  '20261124020000_acknowledgements': [
    [
      'e134a8395fc986cfc694611cdb3665de50a26cb39dedddae12fe003895ab5a55',
      'ALTER TABLE "acknowledgements" ALTER COLUMN "input" TYPE JSON USING "input"::json;',
    ],
  ],
  '20261124050000_inventory': [['d267a46cf3feeb80129a1ad92b1df54fdca5fffa31a16f93a55eb985e3cceaa6', NOTHING]],
  // Left the keys of the catalogue and of what was sent as they were; 20261125020000_sent_values makes both the same.
  '20261125010000_faster_look_ups': [
    ['b62b6412aeaa8f1db0f6036a7eac3bca6d122fb1cf91fe0d9dc0e7766602f8bd', NOTHING],
  ],
  '20261125020000_sent_values': [
    ['c5d62b7fc2731267201af6a2d4ed8c9b278377a79974b0828e41f371919bb4ef', CATALOGUE_KEY],
  ],
};

export const bridges: readonly Bridge[] = Object.entries(FORMER).flatMap(([migration, former]) =>
  former.map(([checksum, sql]) => ({ migration, checksum, sql })),
);
