-- The store from its first day. Kept by hand after it was generated from schema.prisma: sequences, partitions, partial
-- indexes and checks are what Prisma's schema cannot express.

-- One int32 sequence gives the keys of all documents, one the numbers of all companies (sellers and partners), one the
-- ids of all events: Logicbroker's contract has int32 for the three of them.
CREATE SEQUENCE "document_key_seq" AS INTEGER START WITH 1001;
CREATE SEQUENCE "company_id_seq" AS INTEGER START WITH 7001;
CREATE SEQUENCE "event_id_seq" AS INTEGER;

-- CreateTable
CREATE TABLE "companies" (
    "id" INTEGER NOT NULL DEFAULT nextval('company_id_seq'::regclass),
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "companies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "company_id" INTEGER NOT NULL,
    "slot" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operators" (
    "id" SERIAL NOT NULL,
    "login" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "operators_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator_sessions" (
    "id_hash" TEXT NOT NULL,
    "operator_id" INTEGER NOT NULL,
    "csrf_token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "operator_sessions_pkey" PRIMARY KEY ("id_hash")
);

-- CreateTable
CREATE TABLE "authorizations" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "environment" TEXT NOT NULL,
    "app_key" TEXT NOT NULL,
    "open_id" TEXT NOT NULL,
    "seller_name" TEXT,
    "seller_region" TEXT,
    "user_type" INTEGER,
    "granted_scopes" TEXT[],
    "access_token" TEXT,
    "access_expires_at" TIMESTAMPTZ(3),
    "refresh_token" TEXT,
    "refresh_expires_at" TIMESTAMPTZ(3),
    "token_version" INTEGER NOT NULL DEFAULT 0,
    "refreshed_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'active',
    "status_reason" TEXT,
    "refresh_lease" TEXT,
    "refresh_lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "authorizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connections" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "partner_id" INTEGER NOT NULL DEFAULT nextval('company_id_seq'::regclass),
    "name" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "is_us" BOOLEAN NOT NULL DEFAULT false,
    "authorization_id" INTEGER,
    "shop_id" TEXT,
    "shop_name" TEXT,
    "shop_region" TEXT,
    "seller_type" TEXT,
    "shop_code" TEXT,
    "shop_cipher" TEXT,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "status_reason" TEXT,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_states" (
    "state_hash" TEXT NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "session_hash" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "authorize_host" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_states_pkey" PRIMARY KEY ("state_hash")
);

-- CreateTable
CREATE TABLE "documents" (
    "key" INTEGER NOT NULL DEFAULT nextval('document_key_seq'::regclass),
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "status_code" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "link_key" TEXT NOT NULL,
    "source_key" TEXT,
    "partner_po" TEXT,
    "reference" TEXT NOT NULL,
    "parent_key" INTEGER,
    "sender_company_id" INTEGER NOT NULL,
    "receiver_company_id" INTEGER NOT NULL,
    "document_date" TIMESTAMPTZ(3) NOT NULL,
    "error_message" TEXT,
    "content_hash" TEXT,
    "body" TEXT NOT NULL,
    "renderer_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "documents_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" BIGSERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "tiktok_order_id" TEXT NOT NULL,
    "tiktok_status" TEXT NOT NULL,
    "tiktok_updated_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "gate" TEXT,
    "gate_reason" TEXT,
    "release_at" TIMESTAMPTZ(3),
    "document_key" INTEGER,
    "exported_at" TIMESTAMPTZ(3),
    "tiktok_created_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "ship_by" TIMESTAMPTZ(3),
    "buyer_requests_cancel" BOOLEAN NOT NULL DEFAULT false,
    "currency" TEXT NOT NULL,
    "total" DECIMAL(20,6),
    "delivery_option_id" TEXT,
    "data" JSONB NOT NULL,
    "personal" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_lines" (
    "order_id" BIGINT NOT NULL,
    "line_number" INTEGER NOT NULL,
    "merchant_sku" TEXT NOT NULL,
    "supplier_sku" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "sku_id" TEXT NOT NULL,
    "product_name" TEXT NOT NULL,
    "sku_name" TEXT NOT NULL,
    "is_gift" BOOLEAN NOT NULL,
    "original_price" DECIMAL(20,6),
    "sale_price" DECIMAL(20,6),
    "quantity" INTEGER NOT NULL,

    CONSTRAINT "order_lines_pkey" PRIMARY KEY ("order_id","line_number")
);

-- CreateTable
CREATE TABLE "order_units" (
    "order_id" BIGINT NOT NULL,
    "unit_id" TEXT NOT NULL,
    "line_number" INTEGER,
    "sku_id" TEXT NOT NULL,
    "display_status" TEXT NOT NULL,
    "cancelled" BOOLEAN NOT NULL DEFAULT false,
    "package_id" TEXT,
    "tracking_number" TEXT,
    "shipped_at" TIMESTAMPTZ(3),
    "shipment_key" INTEGER,

    CONSTRAINT "order_units_pkey" PRIMARY KEY ("order_id","unit_id")
);

-- CreateTable
CREATE TABLE "shipments" (
    "document_key" INTEGER NOT NULL,
    "order_id" BIGINT NOT NULL,
    "company_id" INTEGER NOT NULL,
    "input" JSONB NOT NULL,
    "parts" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "shipments_pkey" PRIMARY KEY ("document_key")
);

-- CreateTable
CREATE TABLE "shipment_packages" (
    "shipment_key" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "tracking_number" TEXT NOT NULL,
    "provider_id" TEXT,
    "carrier_code" TEXT,
    "carrier_name" TEXT,
    "unit_ids" TEXT[],
    "tiktok_package_id" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "reason" TEXT,

    CONSTRAINT "shipment_packages_pkey" PRIMARY KEY ("shipment_key","position")
);

-- CreateTable
CREATE TABLE "events" (
    "id" INTEGER NOT NULL DEFAULT nextval('event_id_seq'::regclass),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER,
    "document_key" INTEGER,
    "document_type" TEXT,
    "link_key" TEXT,
    "sender_id" INTEGER,
    "receiver_id" INTEGER,
    "type_id" INTEGER NOT NULL,
    "level" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "details" TEXT,
    "additional" JSONB,
    "processed" BOOLEAN NOT NULL DEFAULT false,
    "viewed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id","created_at")
) PARTITION BY RANGE ("created_at");

-- CreateTable
CREATE TABLE "flows" (
    "id" BIGSERIAL NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "schedule" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "requested" INTEGER NOT NULL DEFAULT 0,
    "requested_seen" INTEGER NOT NULL DEFAULT 0,
    "lease_token" BIGINT NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "claimed_until" TIMESTAMPTZ(3),
    "watermark" TIMESTAMPTZ(3),
    "cursor" JSONB,
    "last_started_at" TIMESTAMPTZ(3),
    "last_finished_at" TIMESTAMPTZ(3),
    "last_success_at" TIMESTAMPTZ(3),
    "last_outcome" TEXT,
    "last_error" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "flows_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runs" (
    "id" BIGSERIAL NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "flow_id" BIGINT NOT NULL,
    "company_id" INTEGER NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT NOT NULL,
    "counts" JSONB NOT NULL,
    "error" TEXT,
    "window_from" TIMESTAMPTZ(3),
    "window_to" TIMESTAMPTZ(3),

    CONSTRAINT "runs_pkey" PRIMARY KEY ("id","started_at")
) PARTITION BY RANGE ("started_at");

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "effect" TEXT NOT NULL,
    "natural_key" TEXT NOT NULL,
    "ordering_key" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "document_key" INTEGER,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_token" BIGINT NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "claimed_until" TIMESTAMPTZ(3),
    "read_backs" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "result" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_attempts" (
    "id" BIGSERIAL NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "outbox_id" BIGINT NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "kind" TEXT NOT NULL,
    "outcome" TEXT,
    "tiktok_code" TEXT,
    "request_id" TEXT,
    "message" TEXT,

    CONSTRAINT "outbox_attempts_pkey" PRIMARY KEY ("id","started_at")
) PARTITION BY RANGE ("started_at");

-- CreateTable
CREATE TABLE "budgets" (
    "app_key" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "rate" DOUBLE PRECISION NOT NULL,
    "ceiling" DOUBLE PRECISION NOT NULL,
    "burst" DOUBLE PRECISION NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "refilled_at" TIMESTAMPTZ(3) NOT NULL,
    "blocked_until" TIMESTAMPTZ(3),
    "throttled_at" TIMESTAMPTZ(3),

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("app_key","shop_id","endpoint")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "company_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "status" INTEGER,
    "response" TEXT,
    "locked_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("company_id","key")
);

-- CreateTable
CREATE TABLE "shipping_provider_lists" (
    "connection_id" INTEGER NOT NULL,
    "delivery_option_id" TEXT NOT NULL,
    "providers" JSONB NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shipping_provider_lists_pkey" PRIMARY KEY ("connection_id","delivery_option_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_secret_hash_key" ON "api_keys"("secret_hash");

-- CreateIndex
CREATE INDEX "api_keys_company_id_idx" ON "api_keys"("company_id");

-- CreateIndex
CREATE UNIQUE INDEX "operators_login_key" ON "operators"("login");

-- CreateIndex
CREATE INDEX "operator_sessions_expires_at_idx" ON "operator_sessions"("expires_at");

-- CreateIndex
CREATE INDEX "authorizations_access_expires_at_idx" ON "authorizations"("access_expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "authorizations_environment_app_key_open_id_key" ON "authorizations"("environment", "app_key", "open_id");

-- CreateIndex
CREATE UNIQUE INDEX "connections_partner_id_key" ON "connections"("partner_id");

-- CreateIndex
CREATE INDEX "connections_company_id_idx" ON "connections"("company_id");

-- CreateIndex
CREATE INDEX "connections_authorization_id_idx" ON "connections"("authorization_id");

-- CreateIndex
CREATE INDEX "oauth_states_expires_at_idx" ON "oauth_states"("expires_at");

-- CreateIndex
CREATE INDEX "documents_company_id_type_key_idx" ON "documents"("company_id", "type", "key");

-- CreateIndex
CREATE INDEX "documents_company_id_type_status_code_key_idx" ON "documents"("company_id", "type", "status_code", "key");

-- CreateIndex
CREATE INDEX "documents_company_id_type_document_date_key_idx" ON "documents"("company_id", "type", "document_date", "key");

-- CreateIndex
CREATE INDEX "documents_company_id_partner_po_idx" ON "documents"("company_id", "partner_po");

-- CreateIndex
CREATE INDEX "documents_company_id_link_key_idx" ON "documents"("company_id", "link_key");

-- CreateIndex
CREATE INDEX "documents_company_id_source_key_idx" ON "documents"("company_id", "source_key");

-- CreateIndex
CREATE INDEX "documents_renderer_version_idx" ON "documents"("renderer_version");

-- CreateIndex
CREATE UNIQUE INDEX "documents_parent_key_type_reference_key" ON "documents"("parent_key", "type", "reference");

-- CreateIndex
CREATE UNIQUE INDEX "orders_document_key_key" ON "orders"("document_key");

-- CreateIndex
CREATE INDEX "orders_company_id_tiktok_order_id_idx" ON "orders"("company_id", "tiktok_order_id");

-- CreateIndex
CREATE INDEX "orders_connection_id_state_release_at_idx" ON "orders"("connection_id", "state", "release_at");

-- CreateIndex
CREATE UNIQUE INDEX "orders_environment_shop_id_tiktok_order_id_key" ON "orders"("environment", "shop_id", "tiktok_order_id");

-- CreateIndex
CREATE INDEX "order_units_shipment_key_idx" ON "order_units"("shipment_key");

-- CreateIndex
CREATE INDEX "shipments_order_id_idx" ON "shipments"("order_id");

-- CreateIndex
CREATE INDEX "shipment_packages_tracking_number_idx" ON "shipment_packages"("tracking_number");

-- CreateIndex
CREATE INDEX "events_company_id_created_at_idx" ON "events"("company_id", "created_at");

-- CreateIndex
CREATE INDEX "events_document_key_idx" ON "events"("document_key");

-- CreateIndex
CREATE INDEX "events_company_id_link_key_idx" ON "events"("company_id", "link_key");

-- CreateIndex
CREATE UNIQUE INDEX "flows_connection_id_name_key" ON "flows"("connection_id", "name");

-- CreateIndex
CREATE INDEX "runs_flow_id_started_at_idx" ON "runs"("flow_id", "started_at");

-- CreateIndex
CREATE INDEX "outbox_document_key_idx" ON "outbox"("document_key");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_connection_id_effect_natural_key_key" ON "outbox"("connection_id", "effect", "natural_key");

-- CreateIndex
CREATE INDEX "outbox_attempts_outbox_id_started_at_idx" ON "outbox_attempts"("outbox_id", "started_at");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operator_sessions" ADD CONSTRAINT "operator_sessions_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "authorizations" ADD CONSTRAINT "authorizations_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_authorization_id_fkey" FOREIGN KEY ("authorization_id") REFERENCES "authorizations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_states" ADD CONSTRAINT "oauth_states_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_parent_key_fkey" FOREIGN KEY ("parent_key") REFERENCES "documents"("key") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_document_key_fkey" FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_units" ADD CONSTRAINT "order_units_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipments" ADD CONSTRAINT "shipments_document_key_fkey" FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipments" ADD CONSTRAINT "shipments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipment_packages" ADD CONSTRAINT "shipment_packages_shipment_key_fkey" FOREIGN KEY ("shipment_key") REFERENCES "shipments"("document_key") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "flows" ADD CONSTRAINT "flows_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express

-- A shop is on one open connection only; a closed connection lets go of it.
CREATE UNIQUE INDEX "connections_open_shop_key" ON "connections" ("environment", "shop_id") WHERE "status" <> 'closed' AND "shop_id" IS NOT NULL;

-- One live key per slot and company.
CREATE UNIQUE INDEX "api_keys_live_slot_key" ON "api_keys" ("company_id", "slot") WHERE "revoked_at" IS NULL;

-- The beat looks only at what is due.
CREATE INDEX "flows_due_idx" ON "flows" ("next_attempt_at") WHERE "enabled" OR "requested" > "requested_seen";
CREATE INDEX "outbox_due_idx" ON "outbox" ("next_attempt_at") WHERE "state" IN ('pending', 'sending', 'in_doubt');
CREATE INDEX "outbox_needs_person_idx" ON "outbox" ("company_id") WHERE "state" = 'needs_person';

-- One effect in flight per ordering key, whatever the processes do.
CREATE UNIQUE INDEX "outbox_in_flight_key" ON "outbox" ("connection_id", "ordering_key") WHERE "state" IN ('sending', 'in_doubt');
CREATE INDEX "outbox_ordering_idx" ON "outbox" ("connection_id", "ordering_key", "id") WHERE "state" IN ('pending', 'sending', 'in_doubt');

-- Waiting orders that come due.
CREATE INDEX "orders_release_idx" ON "orders" ("connection_id", "release_at") WHERE "state" = 'waiting';

ALTER TABLE "companies" ADD CONSTRAINT "companies_name_check" CHECK (length("name") BETWEEN 1 AND 200);
ALTER TABLE "connections" ADD CONSTRAINT "connections_status_check" CHECK ("status" IN ('draft', 'active', 'needs_reauthorization', 'paused', 'closed'));
ALTER TABLE "authorizations" ADD CONSTRAINT "authorizations_status_check" CHECK ("status" IN ('active', 'needs_reauthorization', 'revoked'));
ALTER TABLE "documents" ADD CONSTRAINT "documents_type_check" CHECK ("type" IN ('order', 'acknowledgement', 'shipment', 'return'));
ALTER TABLE "orders" ADD CONSTRAINT "orders_state_check" CHECK ("state" IN ('waiting', 'exported', 'not_imported'));
ALTER TABLE "orders" ADD CONSTRAINT "orders_exported_check" CHECK (("state" = 'exported') = ("document_key" IS NOT NULL));
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_state_check" CHECK ("state" IN ('pending', 'sending', 'in_doubt', 'done', 'refused', 'needs_person'));
ALTER TABLE "shipment_packages" ADD CONSTRAINT "shipment_packages_state_check" CHECK ("state" IN ('pending', 'sent', 'refused', 'in_doubt'));

-- History is partitioned by month, so that old months are dropped instead of deleted. A row that finds no month (a clock
-- far off) goes to the default partition instead of failing the business change that it tells of.
CREATE TABLE "events_default" PARTITION OF "events" DEFAULT;
CREATE TABLE "runs_default" PARTITION OF "runs" DEFAULT;
CREATE TABLE "outbox_attempts_default" PARTITION OF "outbox_attempts" DEFAULT;

-- Makes the partitions of the month of `from_time` and of the `months` after it, where they are missing.
CREATE FUNCTION ensure_month_partitions(from_time TIMESTAMPTZ, months INTEGER) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  parent TEXT;
  month_start TIMESTAMP;
  partition_name TEXT;
BEGIN
  PERFORM pg_advisory_xact_lock(72707370);
  FOREACH parent IN ARRAY ARRAY['events', 'runs', 'outbox_attempts'] LOOP
    FOR i IN 0..months LOOP
      month_start := date_trunc('month', from_time AT TIME ZONE 'UTC') + make_interval(months => i);
      partition_name := parent || '_' || to_char(month_start, 'YYYYMM');
      IF to_regclass(quote_ident(partition_name)) IS NULL THEN
        BEGIN
          EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', partition_name, parent,
            month_start::TEXT || '+00', (month_start + interval '1 month')::TEXT || '+00');
        EXCEPTION WHEN check_violation THEN
          -- The default partition holds rows of this month already: they stay there.
          NULL;
        END;
      END IF;
    END LOOP;
  END LOOP;
END $$;

SELECT ensure_month_partitions(now(), 3);
