-- Failed log-ins by address range, so that all processes slow down who guesses. Rows are of use for an hour: they need no
-- log, and after a crash of the database everybody has his free tries again.
CREATE UNLOGGED TABLE "login_attempts" (
    "address_range" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("address_range","login")
);
CREATE INDEX "login_attempts_last_at_idx" ON "login_attempts"("last_at");
