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
	submission bigint REFERENCES intake.submission,
	period returns.period,
	CONSTRAINT engagement_once UNIQUE NULLS NOT DISTINCT (programme, client, referred_on, submission),
	CHECK ((submission IS NULL) = (period IS NULL)),
	CHECK ((outcome IN ('completed', 'left early')) <= (closed_on IS NOT NULL)),
	CHECK ((outcome IN ('refused', 'waiting')) <= (started_on IS NULL)),
	CHECK ((outcome = 'open') <= (closed_on IS NULL))
);
CREATE INDEX ON casework.engagement (submission);
COMMENT ON TABLE casework.engagement IS 'referrals of clients to programmes, and what became of them';
COMMENT ON COLUMN casework.engagement.closed_on IS 'when the case closed; no review of its star is due after that';
COMMENT ON COLUMN casework.engagement.submission IS 'the record-level return that told it; NULL if it came by load --as cases';

CREATE TABLE casework.star_review (
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	client casework.client NOT NULL,
	taken_on date NOT NULL,
	mode text NOT NULL CHECK (mode IN ('agreed', 'worker', 'client', 'disputed')),
	star outcome_star NOT NULL,
	note text,
	instrument text NOT NULL GENERATED ALWAYS AS (star_instrument(star)) STORED,
	file bigint REFERENCES casework.file,
	submission bigint REFERENCES intake.submission,
	period returns.period,
	CONSTRAINT star_review_once UNIQUE NULLS NOT DISTINCT (programme, client, taken_on, instrument, submission),
	CHECK ((submission IS NULL) = (period IS NULL))
);
CREATE INDEX ON casework.star_review (submission);
COMMENT ON TABLE casework.star_review IS 'readings of outcome stars and other short instruments';
COMMENT ON COLUMN casework.star_review.mode IS 'who scored: client and worker agreed, the worker alone, the client alone, or they disagreed';
COMMENT ON COLUMN casework.star_review.note IS 'for the hub''s staff; no file fills it, since a note may name a person';
COMMENT ON COLUMN casework.star_review.submission IS 'the record-level return that told it; NULL if it came by load --as stars';

-- Record-level returns: clients by pseudonym, with what was done for each. A file tells one quarter of one programme, and
-- each row belongs to the submission that it came with, so that a corrected file replaces the quarter whole.

CREATE TABLE casework.record_form (
	name text PRIMARY KEY,
	version text NOT NULL,
	definition jsonb NOT NULL
);
COMMENT ON TABLE casework.record_form IS 'definitions of the tables of a record-level return, as the program ships them';

-- The cells of a row as record_check takes them: one column a name that any of the tables has.
CREATE TYPE casework.record_text AS (
	client_ref text, sex text, year_of_birth text, age_band text, ethnicity text, postcode text, lsoa text, ward text,
	relation text, consent_to_share text, consent_given_on text, consent_withdrawn_on text, custody_status text, release_on text,
	referred_on text, source text, onward_to text, result text, decided_on text,
	started_on text, ended_on text, outcome text,
	contact_on text, kind text,
	taken_on text, mode text, instrument text,
	measured_on text, measure text, occasion text, value text,
	given_on text, giver text, rating text, recommend text
);
COMMENT ON TYPE casework.record_text IS 'a row of a record-level return while it is checked';

-- The 16+1 self-defined ethnicity, and what it becomes. The three ways of adding it up are kept apart, since they differ:
-- Chinese is Asian in the censuses and stands with "other" in the criminal justice system.
CREATE TABLE casework.ethnicity (
	code text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9]$'),
	title text NOT NULL,
	census_2011 text,
	census_2021 text,
	criminal_justice text NOT NULL
);
COMMENT ON TABLE casework.ethnicity IS 'self-defined ethnicity in 16+1 classes, with the groups of the 2011 and 2021 censuses and of the criminal justice system (5+1)';
COMMENT ON COLUMN casework.ethnicity.census_2011 IS 'NULL: the census has no such group';

INSERT INTO casework.ethnicity
SELECT e.code, e.title, g.census_2011, g.census_2021, g.criminal_justice
FROM (VALUES
	('W1', 'White: British', 'W'), ('W2', 'White: Irish', 'W'), ('W9', 'White: any other', 'W'),
	('M1', 'Mixed: White and Black Caribbean', 'M'), ('M2', 'Mixed: White and Black African', 'M'),
	('M3', 'Mixed: White and Asian', 'M'), ('M9', 'Mixed: any other', 'M'),
	('A1', 'Asian or Asian British: Indian', 'A'), ('A2', 'Asian or Asian British: Pakistani', 'A'),
	('A3', 'Asian or Asian British: Bangladeshi', 'A'), ('A9', 'Asian or Asian British: any other', 'A'),
	('B1', 'Black or Black British: Caribbean', 'B'), ('B2', 'Black or Black British: African', 'B'),
	('B9', 'Black or Black British: any other', 'B'),
	('O1', 'Chinese', 'C'), ('O9', 'Any other ethnic group', 'O'), ('NS', 'Not stated', 'N')
	) e (code, title, part)
JOIN (VALUES
	('W', 'White', 'White', 'White'),
	('M', 'Mixed/multiple ethnic groups', 'Mixed or Multiple ethnic groups', 'Mixed'),
	('A', 'Asian/Asian British', 'Asian, Asian British or Asian Welsh', 'Asian'),
	('B', 'Black/African/Caribbean/Black British', 'Black, Black British, Black Welsh, Caribbean or African', 'Black'),
	('C', 'Asian/Asian British', 'Asian, Asian British or Asian Welsh', 'Chinese or other'),
	('O', 'Other ethnic group', 'Other ethnic group', 'Chinese or other'),
	('N', NULL, NULL, 'Not stated')
	) g (part, census_2011, census_2021, criminal_justice) USING (part);

-- Which clients a file holds, by token. It is what a withdrawal needs, of rejected files as well, and all that is kept of
-- a client who does not share.
CREATE TABLE intake.record_client (
	submission bigint REFERENCES intake.submission ON DELETE CASCADE,
	client casework.client,
	relation text NOT NULL CHECK (relation IN ('primary', 'secondary')),
	shares boolean NOT NULL,
	withdrawn boolean NOT NULL,
	consent_given_on date,
	consent_withdrawn_on date,
	referrals int NOT NULL CHECK (referrals >= 0),
	contacts int NOT NULL CHECK (contacts >= 0),
	PRIMARY KEY (submission, client)
);
CREATE INDEX ON intake.record_client (client);
COMMENT ON TABLE intake.record_client IS 'clients of each record-level return, by token: for totals and for withdrawal';
COMMENT ON COLUMN intake.record_client.shares IS 'consent to share was given and not withdrawn; without it nothing more of the client is kept than this row';
COMMENT ON COLUMN intake.record_client.withdrawn IS 'withdrew earlier: in no total either';
COMMENT ON COLUMN intake.record_client.referrals IS 'how many referrals of the client the file holds';

CREATE TABLE intake.withdrawn (
	programme text REFERENCES returns.programme ON UPDATE CASCADE,
	client casework.client,
	withdrawn_at timestamptz NOT NULL DEFAULT now(),
	withdrawn_by text NOT NULL DEFAULT session_user,
	PRIMARY KEY (programme, client)
);
COMMENT ON TABLE intake.withdrawn IS 'clients who withdrew: a file that holds them again is taken in without them, unless consent was given after that day';

CREATE TABLE intake.spool_to_remove (
	spool text PRIMARY KEY CHECK (spool ~ '^[0-9a-f]{32}$'),
	since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE intake.spool_to_remove IS 'spool files that no submission names any more and that are yet to be removed';

CREATE TABLE casework.client_quarter (
	submission bigint REFERENCES intake.submission,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	client casework.client,
	relation text NOT NULL CHECK (relation IN ('primary', 'secondary')),
	family casework.client,
	sex text NOT NULL CHECK (sex IN ('female', 'male', 'other', 'not known')),
	year_of_birth int CHECK (year_of_birth BETWEEN 1900 AND 2100),
	age_band int4range CHECK (lower(age_band) >= 0),
	ethnicity text NOT NULL REFERENCES casework.ethnicity,
	lsoa gss_code,
	ward gss_code,
	grade text CHECK (grade IN ('stated', 'lookup', 'point', 'nearest', 'approximate')),
	custody_status text NOT NULL CHECK (custody_status IN ('not in custody', 'in custody', 'on remand', 'on licence', 'community sentence', 'not known')),
	release_on date,
	consent_given_on date,
	consent_withdrawn_on date,
	PRIMARY KEY (submission, client)
);
CREATE INDEX ON casework.client_quarter (programme, client);
COMMENT ON TABLE casework.client_quarter IS 'clients who share, as a programme told of them in a quarter; no name, no date of birth, no postcode';
COMMENT ON COLUMN casework.client_quarter.client IS 'keyed token of the partner''s reference';
COMMENT ON COLUMN casework.client_quarter.family IS 'keyed token of the partner''s reference of the family: one value, one family of this organisation';
COMMENT ON COLUMN casework.client_quarter.relation IS 'primary: worked with; secondary: gained without being worked with';
COMMENT ON COLUMN casework.client_quarter.age_band IS 'ages on the first day of the quarter, as given';
COMMENT ON COLUMN casework.client_quarter.ethnicity IS '16+1; casework.ethnicity adds it up in three ways';
COMMENT ON COLUMN casework.client_quarter.lsoa IS 'where the postcode lay, or as given; the postcode is not kept';
COMMENT ON COLUMN casework.client_quarter.grade IS 'how surely the client is placed: stated as a code, or of a postcode as reference.postcode_area grades it';
COMMENT ON COLUMN casework.client_quarter.consent_withdrawn_on IS 'of a client who withdrew and then gave consent again';

CREATE TABLE casework.referral (
	submission bigint NOT NULL REFERENCES intake.submission,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	client casework.client NOT NULL,
	referred_on date NOT NULL,
	source text,
	onward_to text,
	result text NOT NULL CHECK (result IN ('accepted', 'refused', 'waiting', 'out of area', 'not known')),
	decided_on date CHECK (decided_on >= referred_on),
	UNIQUE NULLS NOT DISTINCT (submission, client, referred_on, source, onward_to),
	CHECK ((source IS NULL) <> (onward_to IS NULL))
);
COMMENT ON TABLE casework.referral IS 'referrals received (source) and made (onward_to) of clients who share';
COMMENT ON COLUMN casework.referral.source IS 'who sent the client: a kind of service or a programme of the register';
COMMENT ON COLUMN casework.referral.onward_to IS 'to whom the client was referred on: a kind of service or a programme of the register';

CREATE TABLE casework.contact (
	submission bigint NOT NULL REFERENCES intake.submission,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	client casework.client NOT NULL,
	contact_on date NOT NULL,
	kind text NOT NULL
);
CREATE INDEX ON casework.contact (submission);
COMMENT ON TABLE casework.contact IS 'meetings, visits, calls, messages and sessions with clients who share';

CREATE TABLE casework.measure (
	submission bigint NOT NULL REFERENCES intake.submission,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	client casework.client NOT NULL,
	measured_on date NOT NULL,
	measure text NOT NULL,
	occasion text NOT NULL CHECK (occasion IN ('before', 'during', 'after')),
	value numeric NOT NULL,
	UNIQUE (submission, client, measure, measured_on)
);
COMMENT ON TABLE casework.measure IS 'scores of other instruments than stars, before, during and after';

CREATE TABLE casework.feedback (
	submission bigint NOT NULL REFERENCES intake.submission,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	client casework.client,
	given_on date NOT NULL,
	giver text NOT NULL CHECK (giver IN ('participant', 'family', 'facilitator', 'referrer')),
	rating int CHECK (rating BETWEEN 1 AND 5),
	recommend boolean
);
CREATE INDEX ON casework.feedback (submission);
COMMENT ON TABLE casework.feedback IS 'ratings from 1 (poor) to 5 (very good), and whether they would recommend it; no words';
COMMENT ON COLUMN casework.feedback.client IS 'NULL: given without a name';

CREATE TABLE casework.identity (
	submission bigint REFERENCES intake.submission,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	client casework.client,
	kind text CHECK (kind IN ('name', 'birth', 'nhs', 'prison')),
	token casework.client NOT NULL,
	PRIMARY KEY (submission, client, kind)
);
CREATE INDEX ON casework.identity (token);
COMMENT ON TABLE casework.identity IS 'keyed tokens of what is the same in every organisation: to find one person in several programmes; for wardstar_linker alone';
