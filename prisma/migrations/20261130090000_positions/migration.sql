-- The place of a committed row among all rows of its log. Ids are given before the commit, so that 99 may appear after a
-- reader has gone by 100; a position is given afterwards, so that whoever reads by position misses none.
CREATE TABLE "change_heads" (
    "log" TEXT NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "change_heads_pkey" PRIMARY KEY ("log")
);

-- All rows that are there are committed, in the order in which readers know them. Changing the type writes every partition
-- anew once; an UPDATE would leave a dead twin of each row.
ALTER TABLE "events" ADD COLUMN "position" BIGINT;
ALTER TABLE "events" ALTER COLUMN "position" TYPE BIGINT USING "id";

CREATE INDEX "events_company_id_position_idx" ON "events"("company_id", "position");
-- What waits for a position: a few rows at any time.
CREATE INDEX "events_unnumbered_idx" ON "events" ("id") WHERE "position" IS NULL;

INSERT INTO "change_heads" ("log", "position")
SELECT 'events', GREATEST(COALESCE((SELECT max("id") FROM "events"), 0), (SELECT "last_value" FROM "event_id_seq"));
