-- Files on their way into the ledger, as many as came at about the same time.

CREATE TYPE intake.arrival AS (
	place int,
	programme text,
	period text,
	form text,
	kind text,
	file_name text,
	file_size bigint,
	sha256 bytea,
	received_from text,
	spool text
);
COMMENT ON TYPE intake.arrival IS 'a received file with what its sender stated, before it is in the ledger; place tells those that are entered together apart';
