INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	('schema', 'returns', 'USAGE', 'USAGE', 'USAGE'),
	-- The role of an organisation is set by hub.ensure_role alone.
	('table', 'returns.organisation', 'SELECT INSERT(organisation)', 'SELECT', 'SELECT'),
	('table', 'returns.programme', 'SELECT INSERT UPDATE', 'SELECT', 'SELECT'),
	('table', 'returns.programme_form', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'returns.expected_stated', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('view', 'returns.expected', 'SELECT', 'SELECT', 'SELECT'),
	('table', 'returns.count', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('table', 'returns.narrative', 'SELECT INSERT UPDATE DELETE', 'SELECT', 'SELECT'),
	('function', 'returns.period_start', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.period_end', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.period_range', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.period_of', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.period_words', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.period_after', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.quarters', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.words', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.reporting_year', 'EXECUTE', 'EXECUTE', 'EXECUTE'),
	('function', 'returns.form_for', 'EXECUTE', '', ''),
	('function', 'returns.register_programme', 'EXECUTE', '', '');

INSERT INTO hub.policy_list (object, role, command, rows)
SELECT 'returns.' || t, 'loader', 'ALL', 'true' FROM unnest('{organisation,programme,programme_form,expected_stated,count,narrative}'::text[]) t
UNION ALL
SELECT 'returns.' || t, 'analyst', 'SELECT', 'true' FROM unnest('{organisation,programme,programme_form,expected_stated,count,narrative}'::text[]) t;

INSERT INTO hub.policy_list (object, role, command, rows) VALUES
	('returns.organisation', 'partner', 'SELECT', 'role = CURRENT_USER'),
	('returns.programme', 'partner', 'SELECT', 'organisation = (SELECT o.organisation FROM returns.organisation o WHERE o.role = CURRENT_USER)'),
	('returns.programme_form', 'partner', 'SELECT', 'programme IN (SELECT p.programme FROM returns.programme p)'),
	('returns.expected_stated', 'partner', 'SELECT', 'programme IN (SELECT p.programme FROM returns.programme p)'),
	('returns.count', 'partner', 'SELECT', 'EXISTS (SELECT FROM intake.submission s WHERE s.id = submission)'),
	('returns.narrative', 'partner', 'SELECT', 'EXISTS (SELECT FROM intake.submission s WHERE s.id = submission)'),
	-- api.sign_in and who administers.
	('returns.organisation', 'owner', 'ALL', 'true'),
	-- Who turns keep-narrative off removes what was kept.
	('returns.narrative', 'owner', 'ALL', 'true');
