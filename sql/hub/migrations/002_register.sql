-- Who returns what and when: organisations, their programmes, and the quarters in which a return is expected.

-- A quarter of the reporting year, which starts in April: 2025-Q2 is 1 July to 30 September 2025.
CREATE DOMAIN returns.period AS text
	CONSTRAINT period_format CHECK (VALUE ~ '^(19|20)[0-9][0-9]-Q[1-4]$');
COMMENT ON DOMAIN returns.period IS 'a quarter of the reporting year from April, such as 2025-Q2: 1 July to 30 September 2025';

CREATE TABLE returns.organisation (
	organisation text PRIMARY KEY CHECK (organisation <> '' AND organisation = btrim(organisation)),
	role name UNIQUE,
	disabled_at timestamptz
);
COMMENT ON TABLE returns.organisation IS 'organisations that run programmes';
COMMENT ON COLUMN returns.organisation.role IS 'role of the cluster that stands for it; NULL until wardstar-hub organisation add made it';
COMMENT ON COLUMN returns.organisation.disabled_at IS 'since when none of its tokens opens anything; NULL while it may sign in';

CREATE TABLE returns.programme (
	programme text PRIMARY KEY CHECK (programme <> '' AND programme = btrim(programme)),
	organisation text NOT NULL REFERENCES returns.organisation ON UPDATE CASCADE,
	made_up boolean NOT NULL DEFAULT false,
	starts_on date,
	ends_on date CHECK (ends_on >= starts_on),
	serves text CHECK (serves <> ''),
	ages int4range CHECK (NOT isempty(ages) AND lower(ages) >= 0),
	sexes text[] CHECK (sexes <@ '{female,male,other}' AND cardinality(sexes) > 0),
	districts gss_code[] CHECK (cardinality(districts) > 0)
);
CREATE INDEX ON returns.programme (organisation);
COMMENT ON TABLE returns.programme IS 'programmes that send returns';
COMMENT ON COLUMN returns.programme.made_up IS 'true for a demonstration: every output that holds its figures says so';
COMMENT ON COLUMN returns.programme.starts_on IS 'first day; returns are expected from its quarter on';
COMMENT ON COLUMN returns.programme.ends_on IS 'last day; NULL: it goes on';
COMMENT ON COLUMN returns.programme.serves IS 'who it is for, in words';
COMMENT ON COLUMN returns.programme.ages IS 'whom it is for by age; others in its returns are queried';
COMMENT ON COLUMN returns.programme.sexes IS 'whom it is for by sex; NULL: everyone';
COMMENT ON COLUMN returns.programme.districts IS 'districts in which it works';

CREATE TABLE returns.programme_form (
	programme text REFERENCES returns.programme ON UPDATE CASCADE,
	form text CHECK (form <> ''),
	first returns.period,
	last returns.period,
	due_days int NOT NULL DEFAULT 28 CHECK (due_days BETWEEN 0 AND 366),
	PRIMARY KEY (programme, form),
	CHECK (first <= last)
);
COMMENT ON TABLE returns.programme_form IS 'what a programme has to send, in which quarters, and when; form "records" is the record-level return';
COMMENT ON COLUMN returns.programme_form.first IS 'first quarter; NULL: that of the programme''s start';
COMMENT ON COLUMN returns.programme_form.last IS 'last quarter; NULL: that of the programme''s end';
COMMENT ON COLUMN returns.programme_form.due_days IS 'days after the end of the quarter';

CREATE TABLE returns.expected_stated (
	programme text REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period,
	expected boolean NOT NULL,
	PRIMARY KEY (programme, period)
);
COMMENT ON TABLE returns.expected_stated IS 'quarters of which it is stated whether a return is expected, whatever the register says';

-- What lets an organisation sign in.
CREATE TABLE hub.token (
	prefix text PRIMARY KEY CHECK (prefix ~ '^[0-9a-z]{8}$'),
	organisation text NOT NULL REFERENCES returns.organisation ON UPDATE CASCADE,
	sha256 bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
	issued_at timestamptz NOT NULL DEFAULT now(),
	issued_by text NOT NULL DEFAULT session_user,
	expires_at timestamptz,
	revoked_at timestamptz,
	revoked_by text,
	last_used_on date,
	CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX token_organisation ON hub.token (organisation);
COMMENT ON TABLE hub.token IS 'tokens of organisations: of each only the SHA-256, so that none can be had from here';
COMMENT ON COLUMN hub.token.prefix IS 'first part of the token, to tell it from others; no secret';
COMMENT ON COLUMN hub.token.last_used_on IS 'last day on which it was used, in UTC';
