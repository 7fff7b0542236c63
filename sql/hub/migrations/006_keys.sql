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
