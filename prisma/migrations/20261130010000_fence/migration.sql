-- Doubts about calls that may still be under way, and refusals that are looked at once more.
-- An entry that an older version of the program is at counts as one whose call may have left: that version does not say.
ALTER TABLE "outbox" ADD COLUMN "may_have_left" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "doubt_until" TIMESTAMPTZ(3),
  ADD COLUMN "doubt" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "recheck_at" TIMESTAMPTZ(3),
  ADD COLUMN "rechecks" INTEGER NOT NULL DEFAULT 0;

CREATE INDEX "outbox_recheck_idx" ON "outbox" ("recheck_at") WHERE "recheck_at" IS NOT NULL;
CREATE INDEX "outbox_refused_idx" ON "outbox" ("effect", "settled_at") WHERE "state" IN ('refused', 'needs_person');
