-- Records what this transaction made, in the order in which it was made, for the next migrate to drop. The
-- row version's transaction tells it apart from what a user put into these schemas.
INSERT INTO hub.code_object (kind, identity)
SELECT kind, identity
FROM (
	SELECT 'view' AS kind, c.oid AS made_order, c.oid::regclass::text AS identity
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'v' AND c.xmin = pg_current_xact_id()::xid
		AND n.nspname IN (SELECT name FROM hub.owned_schema)
	UNION ALL
	SELECT 'routine', p.oid, p.oid::regprocedure::text
	FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE p.xmin = pg_current_xact_id()::xid
		AND n.nspname IN (SELECT name FROM hub.owned_schema)
) AS made
ORDER BY made_order
ON CONFLICT (identity) DO NOTHING
