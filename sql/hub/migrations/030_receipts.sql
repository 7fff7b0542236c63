-- What is said to partners, and what they and the hub's staff say to what was found.

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
	('answers', 'Please answer the questions by a reply to whoever sent you this receipt, with the number of the submission and of the rule.',
		'how partners answer questions'),
	('use', 'The partnership''s data hub puts your numbers beside those of the other programmes, and beside official figures on population, deprivation and crime, to see where help is needed and how far it gets there.'
		|| E'\nAnalysts inside the hub see what stands in this receipt. Others see only totals in which nobody can be recognised.',
		'who uses the figures and for what; each line is a paragraph'),
	('keep-narrative', 'off', 'on: the words of accepted returns are kept for analysts, but for those that may name a person; off: none are');

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
