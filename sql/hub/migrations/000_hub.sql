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

-- All grants and policies of the hub are rows of these two. migrate fills them from each schema's grants.sql and makes the
-- database's privileges equal to them; what has no row is granted to nobody.
CREATE TABLE hub.grant_list (
	kind text NOT NULL CHECK (kind IN ('schema', 'table', 'view', 'function')),
	object text NOT NULL,
	loader text NOT NULL DEFAULT '',
	analyst text NOT NULL DEFAULT '',
	linker text NOT NULL DEFAULT '',
	partner text NOT NULL DEFAULT '',
	public text NOT NULL DEFAULT '',
	service text NOT NULL DEFAULT '',
	PRIMARY KEY (kind, object)
);
COMMENT ON TABLE hub.grant_list IS 'Who may do what: rights of each role on each object, parted by blanks';
COMMENT ON COLUMN hub.grant_list.object IS 'Name with its schema; of a function without arguments: all of that name';
COMMENT ON COLUMN hub.grant_list.loader IS 'Rights of wardstar_loader, as SELECT INSERT or SELECT(one,two); so of the other roles';

CREATE TABLE hub.policy_list (
	object text NOT NULL,
	role text NOT NULL CHECK (role IN ('owner', 'loader', 'analyst', 'linker', 'partner', 'public', 'service')),
	command text NOT NULL CHECK (command IN ('ALL', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')),
	rows text NOT NULL,
	PRIMARY KEY (object, role, command)
);
COMMENT ON TABLE hub.policy_list IS 'Which rows of each table of intake, returns and casework a role sees and may write; no row here, none there';
COMMENT ON COLUMN hub.policy_list.rows IS 'Condition on a row, in SQL';

-- The keys that the hub works with, by fingerprint: the secrets lie in the key file, outside the database.
CREATE TABLE hub.key (
	purpose text NOT NULL CHECK (purpose ~ '^[a-z]+$'),
	number bigint NOT NULL CHECK (number BETWEEN 1 AND 4294967294),
	fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
	made_on date NOT NULL,
	registered_at timestamptz NOT NULL DEFAULT now(),
	registered_by text NOT NULL DEFAULT session_user,
	PRIMARY KEY (purpose, number)
);
COMMENT ON TABLE hub.key IS 'Fingerprints of the keys that this database''s tokens and spool files were made with';
COMMENT ON COLUMN hub.key.number IS 'From 1, one up at each rotation; the highest of a purpose is in use';
COMMENT ON COLUMN hub.key.fingerprint IS 'The first 64 bits of an HMAC-SHA-256 by the key; the key can''t be had from it';

CREATE TABLE hub.partnership (
	name text PRIMARY KEY,
	value text NOT NULL DEFAULT '',
	meaning text NOT NULL,
	CHECK (length(value) <= 4000)
);
COMMENT ON TABLE hub.partnership IS 'what the partnership says of itself on receipts, and what it has decided to keep; wardstar-hub partnership sets it';
INSERT INTO hub.partnership (name, value, meaning) VALUES
	('name', 'The violence reduction partnership', 'the partnership''s name, as it stands on receipts'),
	('contact', '', 'whom to ask: a telephone number, an e-mail address or both'),
	('answers', 'Please send us your answers to the questions, with the number of the submission and of the rule: reply to whoever sent you this receipt, or write to your contact at the partnership.',
		'how partners answer questions'),
	('use', 'The partnership''s data hub puts your numbers beside those of the other programmes, and beside official figures on population, deprivation and crime, to see where help is needed and how far it gets there.'
		|| E'\nAnalysts inside the hub see what stands in this receipt. Others see only totals in which nobody can be recognised.',
		'who uses the figures and for what; each line is a paragraph'),
	('keep-narrative', 'off', 'on: the words of accepted returns are kept for analysts, but for those that may name a person; off: none are');
