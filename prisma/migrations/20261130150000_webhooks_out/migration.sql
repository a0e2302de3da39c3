-- Addresses that are told of changes, with what they are sent; what is wrong, and who is told of it by e-mail.
ALTER TABLE "companies" ADD COLUMN     "feed_alert_hours" INTEGER NOT NULL DEFAULT 24;

CREATE TABLE "alerts" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "connection_id" INTEGER,
    "title" TEXT NOT NULL,
    "next" TEXT NOT NULL,
    "link" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "alert_recipients" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "address" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'on',
    "state_reason" TEXT,
    "digest" TEXT NOT NULL DEFAULT 'at-once',
    "kinds_off" TEXT[],
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "quiet_from" INTEGER,
    "quiet_to" INTEGER,
    "link_secret" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "last_sent_at" TIMESTAMPTZ(3),
    "last_outcome" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "alert_recipients_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "alert_notices" (
    "recipient_id" INTEGER NOT NULL,
    "alert_id" INTEGER NOT NULL,
    "phase" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    CONSTRAINT "alert_notices_pkey" PRIMARY KEY ("recipient_id","alert_id","phase")
);

CREATE TABLE "webhook_subscriptions" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "address" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'on',
    "state_reason" TEXT,
    "secret" TEXT,
    "previous_secret" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "position" BIGINT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "paused_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "webhook_subscriptions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "webhook_messages" (
    "webhook_id" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "ordering_key" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "last_outcome" TEXT,
    CONSTRAINT "webhook_messages_pkey" PRIMARY KEY ("webhook_id","position")
);

CREATE TABLE "webhook_attempts" (
    "id" BIGSERIAL NOT NULL,
    "webhook_id" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "status" INTEGER,
    "outcome" TEXT,
    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alerts_company_id_began_at_idx" ON "alerts"("company_id", "began_at");
CREATE INDEX "alerts_ended_at_idx" ON "alerts"("ended_at");
CREATE INDEX "alert_recipients_company_id_idx" ON "alert_recipients"("company_id");
CREATE INDEX "alert_notices_alert_id_idx" ON "alert_notices"("alert_id");
CREATE INDEX "webhook_subscriptions_company_id_idx" ON "webhook_subscriptions"("company_id");
CREATE INDEX "webhook_messages_settled_at_idx" ON "webhook_messages"("settled_at");
CREATE INDEX "webhook_attempts_webhook_id_position_idx" ON "webhook_attempts"("webhook_id", "position");
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "alert_recipients" ADD CONSTRAINT "alert_recipients_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_recipient_id_fkey" FOREIGN KEY ("recipient_id") REFERENCES "alert_recipients"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alerts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "webhook_subscriptions" ADD CONSTRAINT "webhook_subscriptions_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "webhook_messages" ADD CONSTRAINT "webhook_messages_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhook_subscriptions"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_webhook_id_position_fkey" FOREIGN KEY ("webhook_id", "position") REFERENCES "webhook_messages"("webhook_id", "position") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE INDEX "webhook_messages_pending_idx" ON "webhook_messages"("webhook_id", "ordering_key", "position") WHERE "state" = 'pending';
CREATE UNIQUE INDEX "alerts_open_key" ON "alerts"("company_id", "kind", "cause") WHERE "ended_at" IS NULL;
CREATE INDEX "alert_notices_waiting_idx" ON "alert_notices"("recipient_id", "alert_id") WHERE "state" = 'waiting';
ALTER TABLE "webhook_subscriptions" ADD CONSTRAINT "webhook_subscriptions_state_check" CHECK ("state" IN ('on', 'off', 'disabled', 'deleted'));
ALTER TABLE "webhook_messages" ADD CONSTRAINT "webhook_messages_state_check" CHECK ("state" IN ('pending', 'delivered', 'failed'));
ALTER TABLE "alert_recipients" ADD CONSTRAINT "alert_recipients_state_check" CHECK ("state" IN ('on', 'off', 'deleted'));
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_state_check" CHECK ("state" IN ('waiting', 'told', 'dropped'));
