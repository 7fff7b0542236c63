INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	('schema', 'casework', 'USAGE', 'USAGE', 'USAGE'),
	('table', 'casework.file', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'casework.engagement', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'casework.star_review', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT');

INSERT INTO hub.grant_list (kind, object, loader)
SELECT 'function', 'casework.' || f, 'EXECUTE' FROM unnest('{column_meanings,column_name,known_client,read_date,read_star,receive}'::text[]) f;

INSERT INTO hub.policy_list (object, role, command, rows)
SELECT 'casework.' || t, 'loader', 'ALL', 'true' FROM unnest('{file,engagement,star_review}'::text[]) t
UNION ALL
SELECT 'casework.' || t, 'analyst', 'SELECT', 'true' FROM unnest('{file,engagement,star_review}'::text[]) t
UNION ALL
SELECT 'casework.' || t, 'partner', 'SELECT', 'programme IN (SELECT p.programme FROM returns.programme p)'
FROM unnest('{file,engagement,star_review}'::text[]) t;
