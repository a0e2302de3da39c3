import pg from 'pg';
import t from 'tap';
import { onlyIn } from '../support/sets.js';
import { testDatabaseUrl } from '../support/database.js';
import { databaseUrl } from '../support/test-server.js';

/** What the migrations do beyond prisma/schema, because Prisma's schema language cannot say it. */
const BY_HAND = [
  'index acknowledgements_cancelling_key',
  'index api_keys_live_slot_key',
  'index audit_entries_unnumbered_idx',
  'index cancellations_answer_by_idx',
  'index cancellations_open_idx',
  'index connections_open_shop_key',
  'index events_unnumbered_idx',
  'index flows_due_idx',
  'constraint flows_subject_check',
  'constraint operators_role_check',
  'column stock_pieces.matters_until',
  'index stock_pieces_bundle_unit_idx',
  'index stock_pieces_open_idx',
  'index stock_pieces_seller_sku_shop_id_environment_matters_until_idx',
  'constraint stock_pieces_cancelled_check',
  'index imports_held_idx',
  'index imports_received_idx',
  'index imports_receiving_idx',
  'index imports_unannounced_idx',
  'index inventory_items_drift_idx',
  'index inventory_items_due_idx',
  'index sent_values_doubts_idx',
  'index inventory_items_kept_back_idx',
  'index inventory_items_retry_idx',
  'index inventory_items_undecided_idx',
  'index inventory_items_unmatched_idx',
  'index wanted_products_stock_asked_idx',
  'index orders_exported_at_idx',
  'index orders_packages_due_idx',
  'index orders_parcel_key_idx',
  'index orders_cancel_request_idx',
  'index orders_cancelled_untold_idx',
  'index orders_release_idx',
  'index orders_to_wipe_idx',
  'index documents_to_wipe_idx',
  'index returns_to_wipe_idx',
  'index orders_ship_by_idx',
  'index outbox_due_idx',
  'index outbox_in_flight_key',
  'index outbox_needs_person_idx',
  'index outbox_ordering_idx',
  'index outbox_recheck_idx',
  'index outbox_refused_idx',
  'constraint acknowledgements_kind_check',
  'constraint acknowledgements_state_check',
  'index returns_answer_by_idx',
  'constraint authorizations_status_check',
  'constraint cancellations_outcome_check',
  'constraint cancellations_status_check',
  'constraint companies_name_check',
  'constraint companies_pickup_status_check',
  'constraint companies_retention_days_check',
  'constraint connections_status_check',
  'constraint deadline_notices_kind_check',
  'constraint deadline_notices_threshold_check',
  'constraint events_actor_kind_check',
  'constraint import_findings_level_check',
  'constraint imports_received_check',
  'constraint imports_state_check',
  'constraint inventory_items_matched_check',
  'constraint inventory_items_push_state_check',
  'constraint inventory_items_quantity_check',
  'constraint orders_exported_check',
  'constraint orders_state_check',
  'constraint outbox_state_check',
  'constraint outbox_target_check',
  'constraint return_answers_state_check',
  'constraint return_answers_step_check',
  'constraint returns_imported_check',
  'constraint returns_state_check',
  'constraint shipment_packages_state_check',
  'index documents_orders_changed_idx',
  'index webhook_messages_pending_idx',
  'index alerts_open_key',
  'index alert_notices_waiting_idx',
  'constraint webhook_subscriptions_state_check',
  'constraint webhook_messages_state_check',
  'constraint alert_recipients_state_check',
  'constraint alert_notices_state_check',
  'index shopify_stores_live_key',
  'index shopify_orders_open_idx',
  'index shopify_orders_reread_idx',
  'constraint shopify_stores_state_check',
  'constraint shopify_orders_state_check',
  'constraint shopify_parcels_state_check',
];

/** Defaults in prisma/schema name these, so they have to be there before its tables. */
const SEQUENCES = ['document_key_seq', 'company_id_seq', 'event_id_seq'];

interface DiffModule {
  schemaScript: (databaseUrl: string) => Promise<string>;
}

/** Every column, index and constraint with its full definition; months of partitions and the ledger left out. */
const CATALOGUE = `
  WITH tables AS (
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname <> '_prisma_migrations'
  )
  SELECT 'column ' || relname || '.' || attname AS name,
         concat_ws(' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
                   'DEFAULT ' || pg_get_expr(adbin, adrelid)) AS definition
  FROM tables JOIN pg_attribute a ON attrelid = oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
  UNION ALL
  SELECT 'index ' || i.relname, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
  FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class i ON i.oid = indexrelid
  UNION ALL
  SELECT 'constraint ' || conname, pg_get_constraintdef(c.oid)
  FROM tables JOIN pg_constraint c ON conrelid = tables.oid WHERE contype IN ('p', 'u', 'f', 'c')`;

await t.test('the migrations make what prisma/schema says, and nothing else unlisted', async (t) => {
  const url = await testDatabaseUrl(t);
  const migrated = await catalogue(url);
  const described = await catalogueOfSchema(url);
  t.ok(migrated.length > 300, 'the comparison sees the tables');
  const extra = onlyIn(migrated, described);
  t.same(extra.map(nameOf).toSorted(), BY_HAND.toSorted(), 'only by hand is in the migrations alone');
  t.same(onlyIn(described, migrated), [], 'nothing of the schema is missing in the migrations');
});

function nameOf(entry: string): string {
  return entry.split(' = ')[0] ?? entry;
}

async function catalogue(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; definition: string }>(CATALOGUE);
    return rows.map((row) => `${row.name} = ${row.definition}`);
  });
}

/** The same facts of a database that was made from prisma/schema by Prisma's own engine. */
async function catalogueOfSchema(serverUrl: string): Promise<string[]> {
  const name = `schema_${process.pid}`;
  const { schemaScript } = (await import(
    new URL('../../../prisma/diff.mjs', import.meta.url).href
  )) as DiffModule;
  const script = await schemaScript(serverUrl);
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  try {
    const url = databaseUrl(serverUrl, name);
    await withClient(url, async (client) => {
      for (const sequence of SEQUENCES) await client.query(`CREATE SEQUENCE ${sequence} AS INTEGER`);
      await client.query(script);
    });
    return await catalogue(url);
  } finally {
    await withClient(serverUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
