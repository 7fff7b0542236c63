-- Official reference data: areas, lookups, postcodes, population, deprivation, street crime.

CREATE TABLE reference.source_file (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL,
	sha256 bytea NOT NULL CHECK (length(sha256) = 32),
	size bigint NOT NULL,
	kind text NOT NULL,
	edition text,
	rows_read bigint,
	rows_stored bigint,
	rows_rejected bigint,
	seconds float8,
	loaded_by text NOT NULL DEFAULT session_user,
	loaded_at timestamptz NOT NULL DEFAULT now(),
	replaced_by bigint REFERENCES reference.source_file
);
