-- A flow works for a subject, an effect goes to a target: a TikTok connection so far, later other things. What belongs to
-- a connection keeps its connection_id, which is then also the id of the subject or target.

ALTER TABLE "flows" ADD COLUMN "subject_kind" TEXT NOT NULL DEFAULT 'connection',
  ADD COLUMN "subject_id" INTEGER,
  ALTER COLUMN "connection_id" DROP NOT NULL;
UPDATE "flows" SET "subject_id" = "connection_id";
ALTER TABLE "flows" ALTER COLUMN "subject_id" SET NOT NULL;
ALTER TABLE "flows" ADD CONSTRAINT "flows_subject_check"
  CHECK ("subject_kind" <> 'connection' OR ("connection_id" IS NOT NULL AND "connection_id" = "subject_id"));
DROP INDEX "flows_connection_id_name_key";
CREATE UNIQUE INDEX "flows_subject_kind_subject_id_name_key" ON "flows"("subject_kind", "subject_id", "name");

ALTER TABLE "outbox" ADD COLUMN "target_kind" TEXT NOT NULL DEFAULT 'connection',
  ADD COLUMN "target_id" INTEGER,
  ALTER COLUMN "connection_id" DROP NOT NULL;
UPDATE "outbox" SET "target_id" = "connection_id";
ALTER TABLE "outbox" ALTER COLUMN "target_id" SET NOT NULL;
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_target_check"
  CHECK ("target_kind" <> 'connection' OR ("connection_id" IS NOT NULL AND "connection_id" = "target_id"));
DROP INDEX "outbox_connection_id_effect_natural_key_key";
CREATE UNIQUE INDEX "outbox_target_kind_target_id_effect_natural_key_key"
  ON "outbox"("target_kind", "target_id", "effect", "natural_key");
DROP INDEX "outbox_in_flight_key";
CREATE UNIQUE INDEX "outbox_in_flight_key" ON "outbox" ("target_kind", "target_id", "ordering_key")
  WHERE "state" IN ('sending', 'in_doubt');
DROP INDEX "outbox_ordering_idx";
CREATE INDEX "outbox_ordering_idx" ON "outbox" ("target_kind", "target_id", "ordering_key", "id")
  WHERE "state" IN ('pending', 'sending', 'in_doubt');
