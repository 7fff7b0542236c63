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
	kind text NOT NULL DEFAULT 'return' CHECK (kind IN ('return', 'records')),
	asked_programme text,
	asked_period text,
	asked_form text,
	again int NOT NULL DEFAULT 0 CHECK (again >= 0),
	programme text REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period,
	form text,
	form_version text,
	file_name text NOT NULL,
	file_size bigint NOT NULL CHECK (file_size >= 0),
	sha256 bytea NOT NULL CHECK (length(sha256) = 32),
	received_at timestamptz NOT NULL DEFAULT now(),
	received_from text NOT NULL,
	spool text UNIQUE CHECK (spool ~ '^[0-9a-f]{32}$'),
	state text NOT NULL DEFAULT 'received'
		CHECK (state IN ('received', 'checking', 'accepted', 'rejected', 'waiting for answer', 'superseded')),
	taken_by text,
	taken_until timestamptz,
	attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	decision text CHECK (decision IN ('accepted', 'rejected', 'waiting for answer')),
	decided_by text,
	decided_at timestamptz,
	superseded_by bigint REFERENCES intake.submission CHECK (superseded_by <> id),
	basis text CHECK (basis IN ('new_referrals', 'caseload_in_period', 'caseload_at_end')),
	CONSTRAINT submission_same UNIQUE NULLS NOT DISTINCT (organisation, sha256, asked_programme, asked_period, asked_form, again),
	CHECK ((state = 'superseded') = (superseded_by IS NOT NULL)),
	CHECK ((state IN ('received', 'checking')) = (decision IS NULL)),
	CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
	CHECK ((state = 'checking') = (taken_by IS NOT NULL) AND (taken_by IS NULL) = (taken_until IS NULL)),
	CONSTRAINT accepted_is_known CHECK (decision IS DISTINCT FROM 'accepted'
		OR (programme IS NOT NULL AND (kind <> 'return' OR (period IS NOT NULL AND form IS NOT NULL))))
);
CREATE UNIQUE INDEX submission_accepted ON intake.submission (programme, period, kind) WHERE state = 'accepted';
CREATE INDEX submission_of_programme ON intake.submission (programme, period);
CREATE INDEX submission_waiting ON intake.submission (organisation, attempts, id) WHERE state = 'received';
CREATE INDEX submission_taken ON intake.submission (taken_until) WHERE state = 'checking';
CREATE INDEX submission_superseded_by ON intake.submission (superseded_by) WHERE superseded_by IS NOT NULL;
COMMENT ON TABLE intake.submission IS 'the ledger: each file received, whose, for what quarter, its SHA-256, and what became of it; never deleted';
COMMENT ON COLUMN intake.submission.kind IS 'a return of counts, or records, a row a person';
COMMENT ON COLUMN intake.submission.asked_programme IS 'programme that the sender stated, "…" if it is none of theirs; the same bytes with the same statements are one submission';
COMMENT ON COLUMN intake.submission.asked_period IS 'quarter that the sender stated';
COMMENT ON COLUMN intake.submission.asked_form IS 'form that the sender stated';
COMMENT ON COLUMN intake.submission.again IS 'how often the hub''s staff took these bytes in anew, as when they waived an error';
COMMENT ON COLUMN intake.submission.programme IS 'whose it is; NULL until that is known';
COMMENT ON COLUMN intake.submission.period IS 'quarter that it is for; NULL until that is known';
COMMENT ON COLUMN intake.submission.received_from IS 'by what way it came, and from whom';
COMMENT ON COLUMN intake.submission.spool IS 'name of its file in the spool folder, encrypted, outside the database; NULL where none is kept';
COMMENT ON COLUMN intake.submission.taken_by IS 'the worker that checks it';
COMMENT ON COLUMN intake.submission.taken_until IS 'when others may take it, since the worker is then held to be dead';
COMMENT ON COLUMN intake.submission.attempts IS 'how often it was taken';
COMMENT ON COLUMN intake.submission.decision IS 'the verdict, kept when a later file supersedes this one';
COMMENT ON COLUMN intake.submission.basis IS 'whom the return counts, in its own words';

-- What happened to each submission. A chain for each submission, so that no writer waits for another; event_anchor
-- ties the chains together.
CREATE TABLE intake.submission_event (
	id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	submission bigint NOT NULL REFERENCES intake.submission,
	number int NOT NULL CHECK (number > 0),
	from_state text,
	to_state text NOT NULL,
	happened_at timestamptz NOT NULL,
	caused_by text NOT NULL,
	change jsonb NOT NULL,
	previous bytea NOT NULL CHECK (length(previous) = 32),
	sha256 bytea NOT NULL CHECK (length(sha256) = 32),
	PRIMARY KEY (submission, number)
);
COMMENT ON TABLE intake.submission_event IS 'every change of a submission, append only';
COMMENT ON COLUMN intake.submission_event.number IS 'from 1, without gap, within the submission';
COMMENT ON COLUMN intake.submission_event.from_state IS 'NULL for the first';
COMMENT ON COLUMN intake.submission_event.caused_by IS 'the role in force, or who was signed in';
COMMENT ON COLUMN intake.submission_event.change IS 'columns of the submission that changed, with their new values; the file name by its SHA-256 alone, since it may name a person';
COMMENT ON COLUMN intake.submission_event.previous IS 'sha256 of the event before; 32 zero bytes for the first';
COMMENT ON COLUMN intake.submission_event.sha256 IS 'SHA-256 over previous and all else that the row holds, see intake.event_sha256';

CREATE TABLE intake.event_loose (
	event bigint NOT NULL
);
COMMENT ON TABLE intake.event_loose IS 'events that no anchor holds yet';

CREATE TABLE intake.event_anchor (
	number bigint PRIMARY KEY CHECK (number > 0),
	anchored_at timestamptz NOT NULL,
	events int8multirange NOT NULL CHECK (NOT isempty(events)),
	event_count bigint NOT NULL CHECK (event_count > 0),
	previous bytea NOT NULL CHECK (length(previous) = 32),
	sha256 bytea NOT NULL CHECK (length(sha256) = 32)
);
COMMENT ON TABLE intake.event_anchor IS 'a chain over all events: each anchor holds those that were there and no anchor held before, so that a submission that vanishes whole is missed';
COMMENT ON COLUMN intake.event_anchor.events IS 'ids of its events';
COMMENT ON COLUMN intake.event_anchor.sha256 IS 'SHA-256 over previous, number, ids, and the sha256 of each event in the order of ids, see intake.anchor_sha256';

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
	grade text CHECK (grade IN ('stated', 'lookup', 'point', 'nearest', 'approximate')),
	people int4range NOT NULL CHECK (lower(people) >= 0),
	UNIQUE NULLS NOT DISTINCT (submission, category, area, ward),
	CHECK ((area IS NULL) = (area_level IS NULL))
);
COMMENT ON TABLE intake.answer IS 'the counts that could be read in a submission, whatever became of it';
COMMENT ON COLUMN intake.answer.ward IS 'the ward of the postcode that gave the area, where one did';
COMMENT ON COLUMN intake.answer.grade IS 'how surely the people are placed: stated by the sender as a code, or of a postcode as reference.postcode_area grades it';

CREATE TYPE intake.reading AS (
	line int,
	field text,
	category text,
	area_level text,
	area gss_code,
	ward gss_code,
	people int4range,
	problem text,
	answer text,
	grade text
);
COMMENT ON TYPE intake.reading IS 'a row of a return while it is checked: it is never stored, since answer may be narrative';

-- What is said to partners, and what they and the hub's staff say to what was found.
CREATE TABLE intake.reply (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	submission bigint NOT NULL REFERENCES intake.submission ON DELETE CASCADE,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	kind text NOT NULL CHECK (kind IN ('explained', 'waived')),
	rule text NOT NULL,
	field text,
	line int,
	observed text,
	expected text,
	here_only boolean NOT NULL,
	words text NOT NULL CHECK (length(words) BETWEEN 1 AND 2000),
	given_by text NOT NULL DEFAULT session_user,
	given_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON intake.reply (programme, period, rule);
CREATE INDEX ON intake.reply (submission);
COMMENT ON TABLE intake.reply IS 'what was said to a finding: the sender''s explanation, or the hub''s reason to waive it; rows are only added';
COMMENT ON COLUMN intake.reply.line IS 'the line that is meant; NULL: every finding of this rule, field and value';
COMMENT ON COLUMN intake.reply.here_only IS 'true where the value itself is not kept, so that another file''s can''t be compared with it';

CREATE TABLE intake.form_title (
	form text,
	version text,
	name text,
	place numeric NOT NULL,
	section text,
	title text,
	PRIMARY KEY (form, version, name),
	FOREIGN KEY (form, version) REFERENCES intake.form ON DELETE CASCADE
);
COMMENT ON TABLE intake.form_title IS 'what each field of a form is called, in its order; intake.store_form fills it';

CREATE TABLE intake.receipt_kept (
	submission bigint REFERENCES intake.submission,
	format text,
	stamp text NOT NULL,
	words text NOT NULL,
	PRIMARY KEY (submission, format)
);
COMMENT ON TABLE intake.receipt_kept IS 'receipts as they were written when it was decided: they are read more often than they change';
COMMENT ON COLUMN intake.receipt_kept.stamp IS 'what the receipt depends on, as intake.receipt_stamp gives it; where that differs now, the receipt is written anew';

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
