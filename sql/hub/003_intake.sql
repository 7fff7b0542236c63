-- What partners send: the forms, each file received, what was found in it, and the answers that could be read.
-- No direct identifier is kept: no bytes, no postcode, no narrative.

CREATE TABLE intake.form (
	form text,
	version text,
	valid daterange,
	definition jsonb NOT NULL,
	PRIMARY KEY (form, version)
);
COMMENT ON TABLE intake.form IS 'definitions of the forms, by version';
COMMENT ON COLUMN intake.form.valid IS 'the days in which the version is in use; a return is checked by the version of its own quarter';

CREATE TABLE intake.submission (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	organisation text NOT NULL REFERENCES returns.organisation ON UPDATE CASCADE,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	form text NOT NULL,
	form_version text,
	file_name text NOT NULL,
	file_size bigint NOT NULL CHECK (file_size >= 0),
	sha256 bytea NOT NULL CHECK (length(sha256) = 32),
	received_at timestamptz NOT NULL DEFAULT now(),
	received_from text NOT NULL,
	state text NOT NULL DEFAULT 'received'
		CHECK (state IN ('received', 'checking', 'accepted', 'rejected', 'waiting for answer', 'superseded')),
	decision text CHECK (decision IN ('accepted', 'rejected', 'waiting for answer')),
	decided_by text,
	decided_at timestamptz,
	superseded_by bigint REFERENCES intake.submission,
	basis text CHECK (basis IN ('new_referrals', 'caseload_in_period', 'caseload_at_end')),
	UNIQUE (programme, period, form, sha256),
	CHECK ((state = 'superseded') = (superseded_by IS NOT NULL)),
	CHECK (state IN ('received', 'checking') OR decision IS NOT NULL),
	CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX submission_accepted ON intake.submission (programme, period) WHERE state = 'accepted';
CREATE INDEX ON intake.submission (organisation);
COMMENT ON TABLE intake.submission IS 'each file received: whose, for what quarter, its SHA-256, and what became of it';
COMMENT ON COLUMN intake.submission.received_from IS 'by what way it came, and from whom';
COMMENT ON COLUMN intake.submission.decision IS 'the verdict, kept when a later file supersedes this one';
COMMENT ON COLUMN intake.submission.basis IS 'whom the return counts, in its own words';

CREATE TABLE intake.finding (
	submission bigint REFERENCES intake.submission ON DELETE CASCADE,
	number int,
	rule text NOT NULL,
	severity text NOT NULL CHECK (severity IN ('error', 'query', 'note')),
	field text,
	message text NOT NULL,
	suggestion text,
	observed text,
	expected text,
	line int,
	PRIMARY KEY (submission, number)
);
COMMENT ON TABLE intake.finding IS 'what was found in a submission; it repeats no postcode and no narrative';
COMMENT ON COLUMN intake.finding.severity IS 'error: can''t be accepted; query: please confirm or explain; note';

CREATE TABLE intake.answer (
	submission bigint NOT NULL REFERENCES intake.submission ON DELETE CASCADE,
	category text NOT NULL,
	area_level text CHECK (area_level IN ('lsoa', 'ward')),
	area gss_code,
	ward gss_code,
	people int4range NOT NULL CHECK (lower(people) >= 0),
	UNIQUE NULLS NOT DISTINCT (submission, category, area, ward),
	CHECK ((area IS NULL) = (area_level IS NULL))
);
COMMENT ON TABLE intake.answer IS 'the counts that could be read in a submission, whatever became of it';
COMMENT ON COLUMN intake.answer.ward IS 'the ward of the postcode that gave the area, where one did';

CREATE TYPE intake.reading AS (
	line int,
	field text,
	category text,
	area_level text,
	area gss_code,
	ward gss_code,
	people int4range,
	problem text,
	answer text
);
COMMENT ON TYPE intake.reading IS 'a row of a return while it is checked: it is never stored, since answer may be narrative';
