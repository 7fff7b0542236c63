-- Makes the roles of the cluster that the hub's privileges are granted to, where they are missing, and takes from them
-- what they must not have. Other databases of the cluster may be migrated at the same time. What the role that migrates
-- may not do is gathered, for a superuser to do.
DO $$
DECLARE
	wanted record;
	step text;
	lacking text := '';
	reason text;
	-- Since PostgreSQL 16 a role that may make roles can grant those alone that it has the ADMIN option on, and what it made
	-- it neither inherits nor may become unless it grants itself that too; and each grant has options of its own.
	by_admin constant boolean := pg_catalog.current_setting('server_version_num')::int OPERATOR(pg_catalog.>=) 160000;
	become constant text := CASE WHEN by_admin THEN 'SET' ELSE 'MEMBER' END;
BEGIN
	CREATE TEMPORARY TABLE wanted_role AS
	SELECT r.role, r.inherits FROM (VALUES ('wardstar_owner', true), ('wardstar_loader', true), ('wardstar_analyst', true),
		('wardstar_linker', true), ('wardstar_partner', true), ('wardstar_public', true), ('wardstar_service', false)) r (role, inherits);
	FOR wanted IN SELECT * FROM pg_temp.wanted_role r
		WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles p WHERE p.rolname OPERATOR(pg_catalog.=) r.role)
	LOOP
		BEGIN
			EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN %s', wanted.role, CASE WHEN wanted.inherits THEN 'INHERIT' ELSE 'NOINHERIT' END);
		EXCEPTION
			WHEN duplicate_object OR unique_violation THEN
				NULL;
			WHEN insufficient_privilege THEN
				RAISE EXCEPTION 'role "%" may not make the roles of the hub', CURRENT_USER
					USING ERRCODE = 'insufficient_privilege', DETAIL = pg_catalog.concat(SQLERRM, '.'),
					HINT = pg_catalog.format('Have a superuser run: ALTER ROLE %I CREATEROLE; and then migrate again.', CURRENT_USER);
		END;
	END LOOP;
	FOR step IN
		-- Only attributes that differ: to name one at all needs the right to give it.
		SELECT pg_catalog.format('ALTER ROLE %I %s', a.role, a.options)
		FROM (SELECT r.role, pg_catalog.concat_ws(' ', CASE WHEN p.rolcanlogin THEN 'NOLOGIN' END, CASE WHEN p.rolsuper THEN 'NOSUPERUSER' END,
				CASE WHEN p.rolcreatedb THEN 'NOCREATEDB' END, CASE WHEN p.rolcreaterole THEN 'NOCREATEROLE' END,
				CASE WHEN p.rolreplication THEN 'NOREPLICATION' END, CASE WHEN p.rolbypassrls THEN 'NOBYPASSRLS' END,
				CASE WHEN p.rolinherit AND NOT r.inherits THEN 'NOINHERIT' WHEN r.inherits AND NOT p.rolinherit THEN 'INHERIT' END) AS options
			FROM pg_temp.wanted_role r JOIN pg_catalog.pg_roles p ON p.rolname OPERATOR(pg_catalog.=) r.role) a
		WHERE a.options OPERATOR(pg_catalog.<>) ''
		UNION ALL
		-- Who migrates gives what it makes to wardstar_owner, and replaces it next time: it must be able to become that role,
		-- and inherit its rights. A superuser can.
		SELECT pg_catalog.format('GRANT wardstar_owner TO %I%s', CURRENT_USER, CASE WHEN by_admin THEN ' WITH INHERIT TRUE, SET TRUE' END)
		WHERE NOT (pg_catalog.pg_has_role(CURRENT_USER, 'wardstar_owner', become) AND pg_catalog.pg_has_role(CURRENT_USER, 'wardstar_owner', 'USAGE'))
		UNION ALL
		SELECT pg_catalog.format('GRANT %I TO wardstar_service%s', r.role, CASE WHEN by_admin THEN ' WITH INHERIT FALSE, SET TRUE' END)
		FROM pg_temp.wanted_role r
		WHERE r.role IN ('wardstar_loader', 'wardstar_public') AND NOT pg_catalog.pg_has_role('wardstar_service', r.role, become)
		UNION ALL
		-- The service takes on a role, and has no right of any that it didn't.
		SELECT pg_catalog.format('GRANT %s TO wardstar_service WITH INHERIT FALSE GRANTED BY %s', m.roleid::pg_catalog.regrole, m.grantor::pg_catalog.regrole)
		FROM pg_catalog.pg_auth_members m
		WHERE m.member OPERATOR(pg_catalog.=) 'wardstar_service'::pg_catalog.regrole
			AND (pg_catalog.to_jsonb(m) OPERATOR(pg_catalog.->>) 'inherit_option') OPERATOR(pg_catalog.=) 'true'
	LOOP
		BEGIN
			EXECUTE step;
		EXCEPTION WHEN insufficient_privilege THEN
			reason := coalesce(reason, SQLERRM);
			lacking := pg_catalog.concat(lacking, step, '; ');
		END;
	END LOOP;
	IF lacking OPERATOR(pg_catalog.<>) '' THEN
		-- So that it can add organisations as well.
		IF by_admin AND NOT pg_catalog.pg_has_role(CURRENT_USER, 'wardstar_partner', 'MEMBER WITH ADMIN OPTION') THEN
			lacking := pg_catalog.concat(lacking, pg_catalog.format('GRANT wardstar_partner TO %I WITH ADMIN OPTION; ', CURRENT_USER));
		END IF;
		RAISE EXCEPTION 'role "%" may not set up the roles of the hub as they have to be', CURRENT_USER
			USING ERRCODE = 'insufficient_privilege', DETAIL = pg_catalog.concat(reason, '.'),
			HINT = pg_catalog.format('Have a superuser run: %sand then migrate again.', lacking);
	END IF;
	DROP TABLE pg_temp.wanted_role;
	-- What partners send must not reach the server's log.
	IF (SELECT p.rolsuper FROM pg_catalog.pg_roles p WHERE p.rolname OPERATOR(pg_catalog.=) CURRENT_USER) THEN
		GRANT SET ON PARAMETER log_parameter_max_length, log_parameter_max_length_on_error TO wardstar_loader, wardstar_service;
	END IF;
END
$$
