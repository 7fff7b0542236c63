-- Makes the roles of the cluster that the hub's privileges are granted to, where they are missing, and takes from them
-- what they must not have. Other databases of the cluster may be migrated at the same time.
DO $$
DECLARE
	wanted record;
	options text;
	lacking text := '';
	by_superuser constant boolean := (SELECT p.rolsuper FROM pg_catalog.pg_roles p WHERE p.rolname OPERATOR(pg_catalog.=) CURRENT_USER);
	-- Since PostgreSQL 16 a role that may make roles can grant those alone that it has the ADMIN option on, and what it made
	-- it neither inherits nor may become unless it grants itself that too.
	by_admin constant boolean := pg_catalog.current_setting('server_version_num')::int OPERATOR(pg_catalog.>=) 160000;
BEGIN
	FOR wanted IN SELECT r.role, r.inherits FROM (VALUES ('wardstar_owner', true), ('wardstar_loader', true), ('wardstar_analyst', true),
		('wardstar_linker', true), ('wardstar_partner', true), ('wardstar_public', true), ('wardstar_service', false)) r (role, inherits)
	LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles p WHERE p.rolname OPERATOR(pg_catalog.=) wanted.role) THEN
			BEGIN
				EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN %s', wanted.role, CASE WHEN wanted.inherits THEN 'INHERIT' ELSE 'NOINHERIT' END);
			EXCEPTION WHEN duplicate_object OR unique_violation THEN
				NULL;
			END;
		END IF;
		-- Only what differs: to name an attribute at all needs the right to give it.
		SELECT pg_catalog.concat_ws(' ', CASE WHEN p.rolcanlogin THEN 'NOLOGIN' END, CASE WHEN p.rolsuper THEN 'NOSUPERUSER' END,
			CASE WHEN p.rolcreatedb THEN 'NOCREATEDB' END, CASE WHEN p.rolcreaterole THEN 'NOCREATEROLE' END,
			CASE WHEN p.rolreplication THEN 'NOREPLICATION' END, CASE WHEN p.rolbypassrls THEN 'NOBYPASSRLS' END,
			CASE WHEN p.rolinherit AND NOT wanted.inherits THEN 'NOINHERIT' WHEN wanted.inherits AND NOT p.rolinherit THEN 'INHERIT' END)
		INTO STRICT options
		FROM pg_catalog.pg_roles p WHERE p.rolname OPERATOR(pg_catalog.=) wanted.role;
		IF options OPERATOR(pg_catalog.<>) '' THEN
			EXECUTE pg_catalog.format('ALTER ROLE %I %s', wanted.role, options);
		END IF;
	END LOOP;
	-- Who migrates gives what it makes to wardstar_owner, and replaces it next time: it must be able to become that role, and
	-- inherit its rights. A superuser can.
	FOR wanted IN SELECT r.role, r.member FROM (VALUES ('wardstar_loader', 'wardstar_service'), ('wardstar_public', 'wardstar_service')) r (role, member)
		WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
			WHERE m.roleid OPERATOR(pg_catalog.=) r.role::pg_catalog.regrole AND m.member OPERATOR(pg_catalog.=) r.member::pg_catalog.regrole)
		UNION ALL
		SELECT 'wardstar_owner', CURRENT_USER
		WHERE NOT pg_catalog.pg_has_role(CURRENT_USER, 'wardstar_owner', CASE WHEN by_admin THEN 'SET' ELSE 'MEMBER' END)
			OR NOT pg_catalog.pg_has_role(CURRENT_USER, 'wardstar_owner', 'USAGE')
	LOOP
		options := pg_catalog.format('GRANT %I TO %I%s', wanted.role, wanted.member,
			CASE WHEN by_admin AND wanted.role OPERATOR(pg_catalog.=) 'wardstar_owner' THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END);
		IF by_superuser OR NOT by_admin OR pg_catalog.pg_has_role(CURRENT_USER, wanted.role, 'MEMBER WITH ADMIN OPTION') THEN
			EXECUTE options;
		ELSE
			lacking := pg_catalog.concat(lacking, options, '; ');
		END IF;
	END LOOP;
	IF lacking OPERATOR(pg_catalog.<>) '' THEN
		RAISE EXCEPTION 'role "%" may not grant the roles of the hub', CURRENT_USER
			USING ERRCODE = 'insufficient_privilege',
			DETAIL = 'Another role made them, for another database of this cluster; since PostgreSQL 16 they can be granted by that role and by superusers.',
			HINT = pg_catalog.format('Have a superuser run: %sGRANT wardstar_partner TO %I WITH ADMIN OPTION; and then migrate again.', lacking, CURRENT_USER);
	END IF;
	-- What partners send must not reach the server's log.
	IF by_superuser THEN
		GRANT SET ON PARAMETER log_parameter_max_length, log_parameter_max_length_on_error TO wardstar_loader, wardstar_service;
	END IF;
END
$$
