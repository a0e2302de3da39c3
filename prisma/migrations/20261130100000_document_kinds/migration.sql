-- Which kinds of documents there are is the program's list, logicbroker/document-types.ts, whose compiler knows it: a new
-- kind without tables of its own needs no migration. Only documents/document-store.ts writes this table.
ALTER TABLE "documents" DROP CONSTRAINT "documents_type_check";
