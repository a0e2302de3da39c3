-- Settings of a company and of a connection have a version each, and say who changed them last: two people on one form.
ALTER TABLE "companies" ADD COLUMN "settings_version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "settings_changed_at" TIMESTAMPTZ(3),
    ADD COLUMN "settings_changed_by" TEXT;
ALTER TABLE "connections" ADD COLUMN "settings_version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "settings_changed_at" TIMESTAMPTZ(3),
    ADD COLUMN "settings_changed_by" TEXT;
