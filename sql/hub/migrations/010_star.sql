-- Clients by pseudonym: when they were referred and worked with, and the readings of their stars.

CREATE DOMAIN casework.client AS text
	CONSTRAINT client_is_token CHECK (VALUE ~ '^[0-9a-f]{64}$');
COMMENT ON DOMAIN casework.client IS 'a client by a keyed token of the partner''s own reference; the key is outside the database';

CREATE TABLE casework.file (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	kind text NOT NULL CHECK (kind IN ('stars', 'cases')),
	sha256 bytea NOT NULL CHECK (length(sha256) = 32),
	received_at timestamptz NOT NULL DEFAULT now(),
	received_from text NOT NULL,
	rows_stored int NOT NULL,
	spool text UNIQUE CHECK (spool ~ '^[0-9a-f]{32}$'),
	UNIQUE (programme, kind, sha256)
);
COMMENT ON TABLE casework.file IS 'files of readings and cases that were taken in';
COMMENT ON COLUMN casework.file.spool IS 'name of its file in the spool; NULL where none is kept';

CREATE TABLE casework.file_client (
	file bigint REFERENCES casework.file ON DELETE CASCADE,
	client casework.client,
	PRIMARY KEY (file, client)
);
CREATE INDEX ON casework.file_client (client);
COMMENT ON TABLE casework.file_client IS 'clients that each file holds: a withdrawal must find it';

CREATE TABLE casework.engagement (
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	client casework.client NOT NULL,
	referred_on date NOT NULL,
	started_on date CHECK (started_on >= referred_on),
	closed_on date CHECK (closed_on >= coalesce(started_on, referred_on)),
	outcome text NOT NULL CHECK (outcome IN ('refused', 'waiting', 'open', 'completed', 'left early')),
	file bigint REFERENCES casework.file,
	PRIMARY KEY (programme, client, referred_on),
	CHECK ((outcome IN ('completed', 'left early')) <= (closed_on IS NOT NULL)),
	CHECK ((outcome IN ('refused', 'waiting')) <= (started_on IS NULL)),
	CHECK ((outcome = 'open') <= (closed_on IS NULL))
);
COMMENT ON TABLE casework.engagement IS 'referrals of clients to programmes, and what became of them';
COMMENT ON COLUMN casework.engagement.closed_on IS 'when the case closed; no review of its star is due after that';

CREATE TABLE casework.star_review (
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	client casework.client NOT NULL,
	taken_on date NOT NULL,
	mode text NOT NULL CHECK (mode IN ('agreed', 'worker', 'client', 'disputed')),
	star outcome_star NOT NULL,
	note text,
	instrument text NOT NULL GENERATED ALWAYS AS (star_instrument(star)) STORED,
	file bigint REFERENCES casework.file,
	PRIMARY KEY (programme, client, taken_on, instrument)
);
COMMENT ON TABLE casework.star_review IS 'readings of outcome stars and other short instruments';
COMMENT ON COLUMN casework.star_review.mode IS 'who scored: client and worker agreed, the worker alone, the client alone, or they disagreed';
COMMENT ON COLUMN casework.star_review.note IS 'for the hub''s staff; no file fills it, since a note may name a person';
