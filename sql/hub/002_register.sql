-- Who returns what and when: organisations, their programmes, and the quarters in which a return is expected.

-- A quarter of the reporting year, which starts in April: 2025-Q2 is 1 July to 30 September 2025.
CREATE DOMAIN returns.period AS text
	CONSTRAINT period_format CHECK (VALUE ~ '^(19|20)[0-9][0-9]-Q[1-4]$');
COMMENT ON DOMAIN returns.period IS 'a quarter of the reporting year from April, such as 2025-Q2: 1 July to 30 September 2025';

CREATE TABLE returns.organisation (
	organisation text PRIMARY KEY CHECK (organisation <> '' AND organisation = btrim(organisation))
);
COMMENT ON TABLE returns.organisation IS 'organisations that run programmes';

CREATE TABLE returns.programme (
	programme text PRIMARY KEY CHECK (programme <> '' AND programme = btrim(programme)),
	organisation text NOT NULL REFERENCES returns.organisation ON UPDATE CASCADE,
	made_up boolean NOT NULL DEFAULT false
);
CREATE INDEX ON returns.programme (organisation);
COMMENT ON TABLE returns.programme IS 'programmes that send returns';
COMMENT ON COLUMN returns.programme.made_up IS 'true for a demonstration: every output that holds its figures says so';

CREATE TABLE returns.expected (
	programme text REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period,
	expected boolean NOT NULL,
	PRIMARY KEY (programme, period)
);
COMMENT ON TABLE returns.expected IS 'whether a return is expected of a programme for a quarter: it tells N/A from no return';
