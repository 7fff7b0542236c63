-- Makes the roles of the cluster that the hub's privileges are granted to, where they are missing, and takes from them
-- what they must not have. Other databases of the cluster may be migrated at the same time.
DO $$
DECLARE
	wanted record;
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
		IF EXISTS (SELECT FROM pg_catalog.pg_roles p WHERE p.rolname OPERATOR(pg_catalog.=) wanted.role
			AND (p.rolsuper OR p.rolcreaterole OR p.rolcreatedb OR p.rolreplication OR p.rolbypassrls OR p.rolcanlogin
				OR p.rolinherit OPERATOR(pg_catalog.<>) wanted.inherits))
		THEN
			EXECUTE pg_catalog.format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS %s', wanted.role,
				CASE WHEN wanted.inherits THEN 'INHERIT' ELSE 'NOINHERIT' END);
		END IF;
	END LOOP;
	FOR wanted IN SELECT r.role, r.member FROM (VALUES ('wardstar_loader', 'wardstar_service'), ('wardstar_public', 'wardstar_service')) r (role, member)
		WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
			WHERE m.roleid OPERATOR(pg_catalog.=) r.role::pg_catalog.regrole AND m.member OPERATOR(pg_catalog.=) r.member::pg_catalog.regrole)
	LOOP
		EXECUTE pg_catalog.format('GRANT %I TO %I', wanted.role, wanted.member);
	END LOOP;
	-- Who migrates gives what it makes to wardstar_owner, and replaces it next time. A superuser can; who may make roles can
	-- make itself a member.
	IF NOT pg_catalog.pg_has_role(CURRENT_USER, 'wardstar_owner', 'MEMBER') THEN
		EXECUTE pg_catalog.format('GRANT wardstar_owner TO %I', CURRENT_USER);
	END IF;
	-- What partners send must not reach the server's log.
	IF (SELECT p.rolsuper FROM pg_catalog.pg_roles p WHERE p.rolname OPERATOR(pg_catalog.=) CURRENT_USER) THEN
		GRANT SET ON PARAMETER log_parameter_max_length, log_parameter_max_length_on_error TO wardstar_loader, wardstar_service;
	END IF;
END
$$
