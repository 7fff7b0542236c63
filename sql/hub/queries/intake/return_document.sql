-- What a document should be asked about. $1 the submission, $2 hidden sheets, $3 hidden rows, $4 numbers beside no label.
INSERT INTO intake.finding AS f (submission, number, rule, severity, field, message, suggestion, observed)
SELECT $1::bigint,
	(SELECT coalesce(max(o.number), 0) FROM intake.finding o WHERE o.submission = $1::bigint) + row_number() OVER (),
	h.rule, 'query', NULL, h.message, h.suggestion, h.n::text
FROM (VALUES
	('H110', $2::int, 'the workbook has hidden sheets with something in them', 'Please check that nothing in them belongs to the return, or show them.'),
	('H111', $3::int, 'there are answers in hidden rows; they were read as the others', 'Please check that they are meant.'),
	('H112', $4::int, 'there are numbers beside labels that the form does not have; they were not read', 'Please check that no answer stands in a row of your own.')
	) h (rule, n, message, suggestion)
WHERE h.n > 0
