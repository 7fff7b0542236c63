INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	('schema', 'casework', 'USAGE', 'USAGE', 'USAGE'),
	('table', 'casework.file', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'casework.engagement', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'casework.star_review', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'casework.ethnicity', 'SELECT', 'SELECT', ''),
	('table', 'casework.record_form', 'SELECT', 'SELECT', 'SELECT'),
	('table', 'casework.client_quarter', 'SELECT INSERT UPDATE DELETE', 'SELECT', ''),
	('table', 'casework.referral', 'SELECT INSERT UPDATE DELETE', 'SELECT', ''),
	('table', 'casework.contact', 'SELECT INSERT UPDATE DELETE', 'SELECT', ''),
	('table', 'casework.measure', 'SELECT INSERT UPDATE DELETE', 'SELECT', ''),
	('table', 'casework.feedback', 'SELECT INSERT UPDATE DELETE', 'SELECT', ''),
	('table', 'casework.file_client', 'SELECT INSERT UPDATE DELETE', '', ''),
	('view', 'casework.latest_engagement', 'SELECT', 'SELECT', ''),
	('view', 'casework.latest_star_review', 'SELECT', 'SELECT', '');

-- Tokens of names, dates of birth and numbers are for linkage alone.
INSERT INTO hub.grant_list (kind, object, loader, linker) VALUES
	('table', 'casework.identity', 'SELECT INSERT UPDATE DELETE', 'SELECT');
UPDATE hub.grant_list SET linker = 'USAGE' WHERE kind = 'schema' AND object = 'casework';

INSERT INTO hub.grant_list (kind, object) VALUES
	('function', 'casework.store_record_form');

INSERT INTO hub.grant_list (kind, object, loader)
SELECT 'function', 'casework.' || f, 'EXECUTE' FROM unnest('{column_meanings,column_name,hidden,known_client,known_family,read_age_band,read_area,read_date,
	read_place,read_star,receive,record_columns,record_definition,record_table,record_words,
	withdraw}'::text[]) f;

INSERT INTO hub.grant_list (kind, object, loader, partner) VALUES
	('function', 'casework.record_workbook', 'EXECUTE', 'EXECUTE');

INSERT INTO hub.grant_list (kind, object, loader, analyst) VALUES
	('function', 'casework.ages_on', 'EXECUTE', 'EXECUTE');

INSERT INTO hub.policy_list (object, role, command, rows)
SELECT 'casework.' || t, 'loader', 'ALL', 'true'
FROM unnest('{client_quarter,contact,engagement,feedback,file,file_client,identity,measure,referral,star_review}'::text[]) t
UNION ALL
SELECT 'casework.' || t, 'analyst', 'SELECT', 'true'
FROM unnest('{client_quarter,contact,engagement,ethnicity,feedback,file,measure,record_form,referral,star_review}'::text[]) t
UNION ALL
SELECT 'casework.' || t, 'partner', 'SELECT', 'programme IN (SELECT p.programme FROM returns.programme p)'
FROM unnest('{engagement,file,star_review}'::text[]) t;

INSERT INTO hub.policy_list (object, role, command, rows) VALUES
	('casework.ethnicity', 'loader', 'SELECT', 'true'),
	('casework.record_form', 'loader', 'SELECT', 'true'),
	('casework.record_form', 'partner', 'SELECT', 'true'),
	('casework.record_form', 'owner', 'ALL', 'true'),
	('casework.identity', 'linker', 'SELECT', 'true');
