-- Creates the two extensions where they are missing and brings wardstar to the installed version.
DO $$
BEGIN
	IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.<>) 'UTF8' THEN
		RAISE EXCEPTION 'the database is not in UTF8 but in %', pg_catalog.current_setting('server_encoding')
			USING ERRCODE = 'feature_not_supported',
				HINT = 'Create it with ENCODING ''UTF8'' and, if need be, TEMPLATE template0.';
	END IF;
	CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
	CREATE EXTENSION IF NOT EXISTS wardstar SCHEMA public;
	IF EXISTS (SELECT FROM pg_catalog.pg_extension e
		JOIN pg_catalog.pg_available_extensions a ON a.name OPERATOR(pg_catalog.=) e.extname
		WHERE e.extname OPERATOR(pg_catalog.=) 'wardstar' AND e.extversion OPERATOR(pg_catalog.<>) a.default_version)
	THEN
		ALTER EXTENSION wardstar UPDATE;
	END IF;
END
$$
