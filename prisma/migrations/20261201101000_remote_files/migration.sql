-- Which group of a partner's a 997 answers; servers of sellers and VANs, and the files that were seen there.
ALTER TABLE "deliveries" ADD COLUMN     "answers" TEXT;

CREATE TABLE "remote_servers" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL DEFAULT 22,
    "user_name" TEXT NOT NULL,
    "host_key" TEXT NOT NULL,
    "password" TEXT,
    "takes" JSONB NOT NULL DEFAULT '[]',
    "puts" JSONB NOT NULL DEFAULT '[]',
    "state" TEXT NOT NULL DEFAULT 'on',
    "failing_since" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "told_at" TIMESTAMPTZ(3),
    "last_done_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "remote_servers_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "remote_files" (
    "server_id" INTEGER NOT NULL,
    "path_hash" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "modified_at" TIMESTAMPTZ(3) NOT NULL,
    "sha256" TEXT NOT NULL DEFAULT '',
    "taken_at" TIMESTAMPTZ(3),
    "is_good" BOOLEAN,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "remote_files_pkey" PRIMARY KEY ("server_id","path_hash","bytes","modified_at")
);

CREATE UNIQUE INDEX "deliveries_answers_key" ON "deliveries"("answers");
CREATE INDEX "remote_servers_company_id_idx" ON "remote_servers"("company_id");
CREATE INDEX "remote_files_seen_at_idx" ON "remote_files"("seen_at");
ALTER TABLE "remote_servers" ADD CONSTRAINT "remote_servers_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "remote_files" ADD CONSTRAINT "remote_files_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "remote_servers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
