-- Who made an operator's account, and who set its password and when; what was there before stays unknown.
ALTER TABLE "operators"
  ADD COLUMN "created_by" TEXT,
  ADD COLUMN "password_set_at" TIMESTAMPTZ(3),
  ADD COLUMN "password_set_by" TEXT,
  ADD COLUMN "password_version" INTEGER NOT NULL DEFAULT 1;

-- A log-in that was under way while the password changed must not outlive the old password.
ALTER TABLE "operator_sessions" ADD COLUMN "password_version" INTEGER NOT NULL DEFAULT 1;
