import type pg from 'pg';

/**
 * Everything that a schema consists of, one line each, without the order in which columns were added: tables with columns
 * and defaults, indexes, constraints, sequences, functions, triggers, views, types, months of partitions.
 */
const WHOLE_SCHEMA = `
  WITH relations AS (
    SELECT oid, relname, relkind, relispartition, relpartbound FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'
  )
  SELECT concat_ws(' ', 'relation', relkind, relname, 'OF ' || inhparent::regclass,
                   pg_get_expr(relpartbound, relations.oid),
                   pg_get_partkeydef(relations.oid)) AS line
  FROM relations LEFT JOIN pg_inherits ON inhrelid = relations.oid AND relkind IN ('r', 'p') WHERE relkind <> 'i'
  UNION ALL
  SELECT concat_ws(' ', 'column', relname || '.' || attname, format_type(atttypid, atttypmod),
                   CASE WHEN attnotnull THEN 'NOT NULL' END, 'COLLATE ' || attcollation::regcollation,
                   'IDENTITY ' || nullif(attidentity::text, ''), 'GENERATED ' || nullif(attgenerated::text, ''),
                   'DEFAULT ' || pg_get_expr(adbin, adrelid))
  FROM relations JOIN pg_attribute a ON attrelid = relations.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum WHERE relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT 'index ' || pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END
  FROM relations JOIN pg_index ON indrelid = relations.oid
  UNION ALL
  SELECT concat_ws(' ', 'constraint', relname, conname, pg_get_constraintdef(c.oid))
  FROM relations JOIN pg_constraint c ON conrelid = relations.oid
  UNION ALL
  SELECT concat_ws(' ', 'sequence', relname, seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
                   (SELECT 'OWNED BY ' || refobjid::regclass || '.' || attname FROM pg_depend
                    JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
                    WHERE objid = relations.oid AND deptype IN ('a', 'i') AND refobjsubid > 0))
  FROM relations JOIN pg_sequence ON seqrelid = relations.oid
  UNION ALL
  SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
  UNION ALL
  SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM relations JOIN pg_trigger t ON tgrelid = relations.oid
  WHERE NOT tgisinternal
  UNION ALL
  SELECT 'view ' || relname || pg_get_viewdef(oid) FROM relations WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT concat_ws(' ', 'statistics', stxname, pg_get_statisticsobjdef(oid)) FROM pg_statistic_ext
  UNION ALL
  SELECT concat_ws(' ', 'type', typname, typtype) FROM pg_type
  WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'r')
  UNION ALL
  SELECT concat_ws(' ', 'settings', relname, reloptions::text) FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
  UNION ALL
  SELECT concat_ws(' ', 'extension', extname) FROM pg_extension`;

/** Lines that are the same for two databases of the same schema, in order of the alphabet. */
export async function wholeSchema(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(WHOLE_SCHEMA);
  return rows.map(({ line }) => line).toSorted();
}
