-- Budgets learn: the rate at which TikTok last refused, and how many calls were granted since when, which tells whether a
-- rate was tried before it is raised.
ALTER TABLE "budgets" ADD COLUMN "refused_rate" DOUBLE PRECISION,
    ADD COLUMN "counted" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "counted_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- For doctor and metrics. A call does not change it, so that granting one touches no index.
CREATE INDEX "budgets_throttled_at_idx" ON "budgets"("throttled_at");
