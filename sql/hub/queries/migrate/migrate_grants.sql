-- Makes owners, privileges and policies equal to hub.grant_list and hub.policy_list. Objects that a user put into these
-- schemas are left alone.
DO $$
DECLARE
	object record;
	item record;
	granted text;
	roles constant text := 'wardstar_owner, wardstar_loader, wardstar_analyst, wardstar_linker, wardstar_partner, wardstar_public, wardstar_service';
BEGIN
	CREATE TEMPORARY TABLE managed ON COMMIT DROP AS
	SELECT 'SCHEMA' AS kind, n.oid, pg_catalog.quote_ident(n.nspname) AS identity, n.nspname::text AS name, n.nspowner AS owner, n.nspname AS schema
	FROM pg_catalog.pg_namespace n WHERE n.nspname IN (SELECT s.name FROM hub.owned_schema s)
	UNION ALL
	SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid,
		pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname || '.' || c.relname, c.relowner, n.nspname
	FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname IN (SELECT s.name FROM hub.owned_schema s) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
	AND (c.relkind <> 'v' OR EXISTS (SELECT FROM hub.code_object o WHERE o.kind = 'view' AND to_regclass(o.identity) = c.oid))
	UNION ALL
	SELECT 'ROUTINE', p.oid, p.oid::regprocedure::text, n.nspname || '.' || p.proname, p.proowner, n.nspname
	FROM hub.code_object o
	JOIN pg_catalog.pg_proc p ON p.oid = to_regprocedure(o.identity)
	JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
	WHERE o.kind = 'routine'
	UNION ALL
	SELECT 'TYPE', t.oid, t.oid::regtype::text, n.nspname || '.' || t.typname, t.typowner, n.nspname
	FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
	LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
	WHERE n.nspname IN (SELECT s.name FROM hub.owned_schema s) AND (t.typtype = 'd' OR c.relkind = 'c');

	FOR object IN SELECT * FROM managed m ORDER BY m.kind <> 'SCHEMA', m.kind = 'SEQUENCE', m.kind, m.identity LOOP
		-- Schemas come first, since the new owner must be able to create in them. An owned sequence goes with its table.
		IF object.owner <> 'wardstar_owner'::regrole AND (object.kind <> 'SEQUENCE' OR NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
			WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = object.oid AND d.deptype IN ('a', 'i')))
		THEN
			EXECUTE pg_catalog.format('ALTER %s %s OWNER TO wardstar_owner', object.kind, object.identity);
		END IF;
		CONTINUE WHEN object.kind = 'TYPE';
		EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM PUBLIC, %s', CASE object.kind WHEN 'VIEW' THEN 'TABLE' ELSE object.kind END, object.identity, roles);
		EXECUTE pg_catalog.format('GRANT ALL ON %s %s TO wardstar_owner', CASE object.kind WHEN 'VIEW' THEN 'TABLE' ELSE object.kind END, object.identity);
		-- Who reads through a view needs the rights on what it reads, and sees the rows that policies let through.
		IF object.kind = 'VIEW' THEN
			EXECUTE pg_catalog.format('ALTER VIEW %s SET (security_invoker = true)', object.identity);
		END IF;
	END LOOP;

	FOR object IN
		SELECT m.kind, m.identity, g.role, g.rights
		FROM managed m
		JOIN (SELECT l.kind, l.object, 'wardstar_' || r.role AS role, r.rights
			FROM hub.grant_list l
			CROSS JOIN LATERAL (VALUES ('loader', l.loader), ('analyst', l.analyst), ('linker', l.linker), ('partner', l.partner),
				('public', l.public), ('service', l.service)) r (role, rights)
			WHERE r.rights <> '') g
		ON g.object = m.name AND g.kind = CASE m.kind WHEN 'ROUTINE' THEN 'function' ELSE pg_catalog.lower(m.kind) END
	LOOP
		FOR item IN SELECT pg_catalog.unnest(pg_catalog.regexp_matches(object.rights, '[A-Z]+(?:\([^)]*\))?', 'g')) AS granted LOOP
			EXECUTE pg_catalog.format('GRANT %s ON %s %s TO %I', item.granted,
				CASE object.kind WHEN 'VIEW' THEN 'TABLE' ELSE object.kind END, object.identity, object.role);
		END LOOP;
	END LOOP;

	FOR object IN SELECT * FROM managed m WHERE m.kind = 'TABLE' AND m.schema IN ('intake', 'returns', 'casework') LOOP
		FOR item IN SELECT p.polname FROM pg_catalog.pg_policy p WHERE p.polrelid = object.oid LOOP
			EXECUTE pg_catalog.format('DROP POLICY %I ON %s', item.polname, object.identity);
		END LOOP;
		EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', object.identity);
		FOR item IN SELECT * FROM hub.policy_list p WHERE p.object = object.name LOOP
			EXECUTE pg_catalog.format('CREATE POLICY %I ON %s FOR %s TO %I %s', pg_catalog.lower(item.role || '_' || item.command), object.identity,
				item.command, 'wardstar_' || item.role,
				CASE item.command WHEN 'INSERT' THEN 'WITH CHECK (' || item.rows || ')' WHEN 'SELECT' THEN 'USING (' || item.rows || ')'
					WHEN 'DELETE' THEN 'USING (' || item.rows || ')' ELSE 'USING (' || item.rows || ') WITH CHECK (' || item.rows || ')' END);
		END LOOP;
	END LOOP;
	DROP TABLE managed;

	-- The organisations' roles are the cluster's: a database that was restored on another server lacks them.
	IF to_regprocedure('hub.ensure_role(text)') IS NOT NULL THEN
		FOR item IN SELECT o.organisation, o.role, o.disabled_at FROM returns.organisation o LEFT JOIN pg_catalog.pg_roles r ON r.rolname = o.role
			WHERE o.role IS NOT NULL AND (r.oid IS NULL
				OR NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = 'wardstar_partner'::regrole AND m.member = r.oid)
				OR o.disabled_at IS NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = r.oid AND m.member = 'wardstar_service'::regrole))
		LOOP
			PERFORM hub.ensure_role(item.organisation);
			IF item.disabled_at IS NULL THEN
				PERFORM hub.let_in(item.role);
			END IF;
		END LOOP;
	END IF;
END
$$
