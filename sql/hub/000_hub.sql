-- The hub's schemas and its own bookkeeping. A schema is a privilege boundary, so nothing is open to PUBLIC.

CREATE SCHEMA hub;
CREATE SCHEMA intake;
CREATE SCHEMA returns;
CREATE SCHEMA casework;
CREATE SCHEMA reference;
CREATE SCHEMA analysis;
CREATE SCHEMA publish;
CREATE SCHEMA api;

REVOKE ALL ON SCHEMA hub, intake, returns, casework, reference, analysis, publish, api FROM PUBLIC;

COMMENT ON SCHEMA hub IS 'wardstar-hub''s own bookkeeping';
COMMENT ON SCHEMA intake IS 'What partners sent, with its submission and findings';
COMMENT ON SCHEMA returns IS 'What is expected of whom and when, and the counts of accepted returns';
COMMENT ON SCHEMA casework IS 'Clients by pseudonym, referrals, engagements, reviews';
COMMENT ON SCHEMA reference IS 'Official data: areas, lookups, postcodes, population, deprivation, crime';
COMMENT ON SCHEMA analysis IS 'Views for analysts inside the hub: undisclosed, not for publication';
COMMENT ON SCHEMA publish IS 'Tables for maps and readers; granted to nobody until disclosure control is in place';
COMMENT ON SCHEMA api IS 'Functions behind the hub''s service: one a route';

CREATE TABLE hub.owned_schema (
	name name PRIMARY KEY
);
INSERT INTO hub.owned_schema
VALUES ('hub'), ('intake'), ('returns'), ('casework'), ('reference'), ('analysis'), ('publish'), ('api');
COMMENT ON TABLE hub.owned_schema IS 'The schemas whose functions and views wardstar-hub migrate makes anew';

CREATE TABLE hub.migration (
	name text PRIMARY KEY,
	checksum bytea NOT NULL CHECK (length(checksum) = 32),
	applied_at timestamptz NOT NULL DEFAULT now(),
	applied_by text NOT NULL DEFAULT session_user,
	version text NOT NULL
);
COMMENT ON TABLE hub.migration IS 'Migrations that were applied, with the SHA-256 of each, and that of the functions and views together';

CREATE TABLE hub.code_object (
	ordinal bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('view', 'routine')),
	identity text NOT NULL UNIQUE
);
COMMENT ON TABLE hub.code_object IS 'Functions and views that the last migrate made and the next may drop';
