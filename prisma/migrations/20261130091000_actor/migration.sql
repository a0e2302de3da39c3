-- Who has done what a line of history tells of; all of them empty where nobody wrote it down. The address from which it came
-- is personal and is not kept here.
ALTER TABLE "events" ADD COLUMN "actor_kind" TEXT,
    ADD COLUMN "actor_id" TEXT,
    ADD COLUMN "actor_name" TEXT,
    ADD COLUMN "actor_via" TEXT;
ALTER TABLE "events" ADD CONSTRAINT "events_actor_kind_check" CHECK ("actor_kind" IN ('person', 'key', 'channel', 'system'));
