-- Accepted returns: counts by form, category, area and quarter, as bounds.

CREATE TABLE returns.count (
	submission bigint NOT NULL REFERENCES intake.submission,
	programme text NOT NULL REFERENCES returns.programme ON UPDATE CASCADE,
	period returns.period NOT NULL,
	form text NOT NULL,
	category text NOT NULL,
	area_level text,
	area gss_code,
	ward gss_code,
	grade text,
	people int4range NOT NULL,
	UNIQUE NULLS NOT DISTINCT (submission, category, area, ward)
);
CREATE INDEX ON returns.count (period, category);
COMMENT ON TABLE returns.count IS 'counts of accepted returns; a return that is superseded leaves no row here';
COMMENT ON COLUMN returns.count.category IS 'the field, as docs/return-format.md lists them; "everyone" is the number of different people that the whole return allows';
COMMENT ON COLUMN returns.count.grade IS 'how surely the people are placed: stated, lookup, point, nearest or approximate';
COMMENT ON COLUMN returns.count.people IS 'least and greatest number that the answer allows';

CREATE TABLE returns.narrative (
	submission bigint REFERENCES intake.submission,
	question text,
	words text,
	PRIMARY KEY (submission, question)
);
COMMENT ON TABLE returns.narrative IS 'which narrative questions an accepted return answers';
COMMENT ON COLUMN returns.narrative.words IS 'NULL unless the partnership has chosen to keep narratives and nothing in this one asks for an answer; never published';
