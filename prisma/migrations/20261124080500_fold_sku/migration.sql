-- The key by which a SKU is found: only the letters A to Z lose their case, on every server and in every locale. The same
-- rule in TypeScript is foldSku. A plain lower(... COLLATE "C") in a query would do as much, but keep the indexes on
-- keys of another collation from being used; a function of this kind is put into the query with the right one.
CREATE FUNCTION "fold_sku"("sku" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
  RETURN lower("sku" COLLATE "C");

-- Was made with the locale of the database.
UPDATE "catalog_skus" SET "seller_key" = fold_sku("seller_sku") WHERE "seller_key" <> fold_sku("seller_sku");
