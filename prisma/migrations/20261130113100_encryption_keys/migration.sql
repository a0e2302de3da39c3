-- Proves at each start that the configured keys are those that sealed what is stored.
CREATE TABLE "encryption_keys" (
    "id" TEXT NOT NULL,
    "check_value" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "encryption_keys_pkey" PRIMARY KEY ("id")
);

-- Which keys the running processes know: a new key seals once all of them have it.
CREATE TABLE "key_holders" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key_ids" TEXT[],
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_holders_pkey" PRIMARY KEY ("id")
);
