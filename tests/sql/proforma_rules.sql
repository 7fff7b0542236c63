-- Each rule has an example that passes, one that fails and one at the edge. All figures are made up.
CREATE SCHEMA test_proforma_rules;
SET search_path = test_proforma_rules, public;
\getenv srcdir PG_ABS_SRCDIR
\set file :srcdir '/../sql/hub/forms/old.json'
\set old `cat :'file'`
\set file :srcdir '/../sql/hub/forms/new.json'
\set new `cat :'file'`
\set file :srcdir '/../sql/hub/forms/improved.json'
\set improved `cat :'file'`
\pset format unaligned
\pset tuples_only on

-- A return in order on the improved form, and the quarter before it.
CREATE TABLE sample (name text PRIMARY KEY, document jsonb);
INSERT INTO sample VALUES
('old', :'old'), ('new', :'new'), ('improved', :'improved'),
('return', '{"period": "2025-Q2", "basis": "caseload_in_period", "total": 30,
"age.0-4": 0, "age.5-10": 4, "age.11-15": 5, "age.16-17": 3, "age.18-24": 8, "age.25+": 9, "age.not_known": 1,
"sex.female": 14, "sex.male": 13, "sex.other": 1, "sex.not_known": 2,
"ethnicity.W1": 20, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 4, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0,
"ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 3, "ethnicity.B2": 0, "ethnicity.B9": 0,
"ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 3,
"place.lsoa.E01006512": 12, "place.ward.E05015277": 8, "place.postcode.L1 8JQ": 4, "place.not_known": 6,
"role.parent_carer": 9, "role.lone_parent": 3, "secondary.total": 12,
"referrals.total": 14, "referrals.source.probation": 5, "referrals.source.prison": 3, "referrals.source.court": 1, "referrals.source.police": 0,
"referrals.source.self": 2, "referrals.source.other": 3, "referrals.source.not_known": 0,
"referrals.accepted": 10, "referrals.refused": 1, "referrals.waiting": 2, "referrals.out_of_area": 1, "referrals.result_not_known": 0,
"onward.total": 4, "contacts.total": 120, "contacts.hours": 150,
"caseload.opening": 20, "caseload.new": 10, "caseload.closed": 6, "caseload.closing": 24,
"completion.completed": 4, "completion.left_early": 1, "completion.moved_on": 1, "completion.not_known": 0,
"outcome.baseline": 15, "outcome.follow_up": 9, "outcome.improved": 6,
"narrative.activities": "Weekly groups, and help with housing and benefits.", "narrative.difference_beneficiaries": "Most have kept their homes.",
"narrative.difference_community": "Neighbours report fewer complaints.", "narrative.challenges": "Our worker left in May and was replaced.",
"narrative.secondary": "Partners and children joined the picnic.", "narrative.unexpected": "Two clients now help others.",
"narrative.stories": "A young man who had lost his home has work now."}'),
('last', '{"basis": "caseload_in_period", "total": 28, "age.25+": 28, "sex.female": 13, "sex.male": 15,
"caseload.opening": 18, "caseload.new": 10, "caseload.closed": 8, "caseload.closing": 20, "narrative.activities": "Individual meetings in the prison."}'),
('place_form', (:'improved'::jsonb - 'groups') || '{"groups": [{"name": "place", "title": "Place", "kind": "overlapping", "role": "describes",
	"fields": ["place.lsoa.*", "place.ward.*", "place.postcode.*"]}]}');

-- A form with more fields, or with other parts.
CREATE FUNCTION with_field(field jsonb, form text DEFAULT 'improved') RETURNS jsonb LANGUAGE sql STABLE AS
$$SELECT document || jsonb_build_object('fields', document->'fields' || field) FROM sample WHERE name = form$$;
CREATE FUNCTION with_part(part jsonb, form text DEFAULT 'improved') RETURNS jsonb LANGUAGE sql STABLE AS
$$SELECT document || part FROM sample WHERE name = form$$;
-- Earlier returns: the one before with changes.
CREATE FUNCTION before(patch jsonb DEFAULT '{}', period text DEFAULT '2025-Q1', status text DEFAULT 'returned', form text DEFAULT 'improved') RETURNS jsonb
LANGUAGE sql STABLE AS
$$SELECT jsonb_build_array(jsonb_build_object('period', period, 'status', status, 'form', f.document,
	'answers', CASE WHEN status = 'returned' THEN l.document || patch END))
FROM sample f, sample l WHERE f.name = form AND l.name = 'last'$$;

-- The sample itself gives no finding but the note that people stay from quarter to quarter.
SELECT rule, severity, message FROM proforma_check((SELECT document FROM sample WHERE name = 'improved'),
	(SELECT document FROM sample WHERE name = 'return'), before());

-- patch: answers that differ from the sample (or what is sent instead, if it is no object); fires: what the rule must do.
CREATE TABLE example (rule text, kind text, fires boolean, patch jsonb, previous jsonb, form jsonb);
INSERT INTO example VALUES
('P101', 'pass', false, '{"age.0-4": "12"}', NULL, NULL),
('P101', 'fail', true, '{"age.0-4": "lots"}', NULL, NULL),
('P101', 'edge', true, '{"age.0-4": "12 or 13 people"}', NULL, NULL),
('P102', 'pass', false, '{"age.0-4": "1"}', NULL, NULL),
('P102', 'fail', true, '{"age.0-4": "yes"}', NULL, NULL),
('P102', 'edge', true, '{"age.0-4": " X "}', NULL, NULL),
('P103', 'pass', false, '{"age.0-4": "0"}', NULL, NULL),
('P103', 'fail', true, '{"age.0-4": "-"}', NULL, NULL),
('P103', 'edge', true, '{"age.0-4": "—"}', NULL, NULL),
('P104', 'pass', false, '{"age.0-4": "4"}', NULL, NULL),
('P104', 'fail', true, '{"age.0-4": "<5"}', NULL, NULL),
('P104', 'edge', false, '{"age.0-4": "fewer than 1"}', NULL, NULL),
('P105', 'pass', false, '{"age.0-4": "12"}', NULL, NULL),
('P105', 'fail', true, '{"age.0-4": "12 approx"}', NULL, NULL),
('P105', 'edge', true, '{"age.0-4": "12+"}', NULL, NULL),
('P106', 'pass', false, '{"age.0-4": "1024"}', NULL, NULL),
('P106', 'fail', true, '{"age.0-4": "1,024"}', NULL, NULL),
('P106', 'edge', false, '{"age.0-4": "1,02"}', NULL, NULL),
('P107', 'pass', false, '{"age.0-4": "7"}', NULL, NULL),
('P107', 'fail', true, '{"age.0-4": "seven"}', NULL, NULL),
('P107', 'edge', true, '{"age.0-4": "Twenty-one"}', NULL, NULL),
('P108', 'pass', false, '{"age.0-4": "12"}', NULL, NULL),
('P108', 'fail', true, '{"age.0-4": "１２"}', NULL, NULL),
('P108', 'edge', true, '{"age.0-4": "١٢"}', NULL, NULL),
('P109', 'pass', false, '{"age.0-4": "2"}', NULL, NULL),
('P109', 'fail', true, '{"age.0-4": "2.5"}', NULL, NULL),
('P109', 'edge', false, '{"age.0-4": "12.00"}', NULL, NULL),
('P110', 'pass', false, '{"age.0-4": "3"}', NULL, NULL),
('P110', 'fail', true, '{"age.0-4": "-3"}', NULL, NULL),
('P110', 'edge', false, '{"age.0-4": "-0"}', NULL, NULL),
('P111', 'pass', false, '{"age.0-4": "5"}', NULL, NULL),
('P111', 'fail', true, '{"age.0-4": "05-Nov"}', NULL, NULL),
('P111', 'edge', true, '{"age.0-4": "2021-11-05 00:00:00"}', NULL, NULL),
('P112', 'pass', false, '{"age.0-4": "1"}', NULL, NULL),
('P112', 'fail', true, '{"age.0-4": "TRUE"}', NULL, NULL),
('P112', 'edge', true, '{"age.0-4": false}', NULL, NULL),
('P113', 'pass', false, '{"age.0-4": "2147483646"}', NULL, NULL),
('P113', 'fail', true, '{"age.0-4": "99999999999"}', NULL, NULL),
('P113', 'edge', true, '{"age.0-4": 2147483647}', NULL, NULL),
('P114', 'pass', false, '{"age.0-4": "10"}', NULL, NULL),
('P114', 'fail', true, '{"age.0-4": "10-12"}', NULL, NULL),
('P114', 'edge', true, '{"age.0-4": "5 to 11"}', NULL, NULL),
('P114', 'edge', true, '{"age.0-4": "16\n17"}', NULL, NULL),
('P115', 'pass', false, '{"age.0-4": "0"}', NULL, NULL),
('P115', 'fail', true, '{"age.0-4": "N/A"}', NULL, NULL),
('P115', 'edge', true, '{"age.0-4": "n.a."}', NULL, NULL),
('P116', 'pass', false, '{"age.0-4": "0"}', NULL, NULL),
('P116', 'fail', true, '{"age.0-4": "#REF!"}', NULL, NULL),
('P116', 'edge', true, '{"age.0-4": "########"}', NULL, NULL),
('P117', 'pass', false, '{"age.0-4": "0"}', NULL, NULL),
('P117', 'fail', true, '{"age.0-4": "unknown"}', NULL, NULL),
('P117', 'edge', true, '{"age.0-4": "?"}', NULL, NULL),
('P118', 'pass', false, '{"age.0-4": 1}', NULL, NULL),
('P118', 'fail', true, '{"age.0-4": [1, 2]}', NULL, NULL),
('P118', 'edge', true, '{"age.0-4": {}}', NULL, NULL),
('P119', 'pass', false, '{"age.0-4": "12"}', NULL, NULL),
('P119', 'fail', true, '{"age.0-4": "12 people"}', NULL, NULL),
('P119', 'edge', false, '{"age.0-4": "12 trees"}', NULL, NULL),
('P120', 'pass', false, '{"age.0-4": "0"}', NULL, NULL),
('P120', 'fail', true, '{"age.0-4": "none"}', NULL, NULL),
('P120', 'edge', true, '{"age.0-4": "No"}', NULL, NULL),
('P201', 'pass', false, '{}', NULL, NULL),
('P201', 'fail', true, '{"total": null}', NULL, NULL),
('P201', 'edge', true, '{"total": "  "}', NULL, NULL),
('P202', 'pass', false, '{}', NULL, NULL),
('P202', 'fail', true, '{"age.0-4": null, "age.5-10": null, "age.11-15": null, "age.16-17": null, "age.18-24": null, "age.25+": null, "age.not_known": null}', NULL, NULL),
('P202', 'edge', false, '{"age.0-4": null, "age.5-10": null, "age.11-15": null, "age.16-17": null, "age.18-24": null, "age.25+": null, "age.not_known": "N/A"}', NULL, NULL),
('P203', 'pass', false, '{}', NULL, NULL),
('P203', 'fail', true, '{"age.0-4": ""}', NULL, NULL),
('P203', 'edge', false, '{"age.0-4": null, "age.5-10": null, "age.11-15": null, "age.16-17": null, "age.18-24": null, "age.25+": null, "age.not_known": ""}', NULL, NULL),
('P204', 'pass', false, '{}', NULL, NULL),
('P204', 'fail', true, '{"age.19-24": 3}', NULL, NULL),
('P204', 'edge', true, '{"place.lsoa.*": 3}', NULL, NULL),
('P205', 'pass', false, '{}', NULL, NULL),
('P205', 'fail', true, '[]', NULL, NULL),
('P205', 'edge', true, 'null', NULL, NULL),
('P206', 'pass', false, '{}', NULL, NULL),
('P206', 'fail', true, '{"basis": "everyone"}', NULL, NULL),
('P206', 'edge', false, '{"basis": "Caseload in period"}', NULL, NULL),
('P207', 'pass', false, '{"code": "AB12"}', NULL, with_field('{"name": "code", "type": "string", "title": "Code", "constraints": {"minLength": 4, "maxLength": 6, "pattern": "[A-Z]{2}\\d+"}}')),
('P207', 'fail', true, '{"code": "ABC"}', NULL, with_field('{"name": "code", "type": "string", "title": "Code", "constraints": {"minLength": 4, "maxLength": 6, "pattern": "[A-Z]{2}\\d+"}}')),
('P207', 'edge', true, '{"code": "AB12é"}', NULL, with_field('{"name": "code", "type": "string", "title": "Code", "constraints": {"minLength": 4, "maxLength": 6, "pattern": "[A-Z]{2}\\d+"}}')),
('P208', 'pass', false, '{}', NULL, NULL),
('P208', 'fail', true, '{"total": 30, "sex.not_known": 3}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P208', 'edge', false, '{"sex.not_known": null, "age.not_known": null, "ethnicity.not_known": null, "place.not_known": null}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P209', 'pass', false, '{"hours": 9999}', NULL, with_field('{"name": "hours", "type": "integer", "title": "Hours", "constraints": {"minimum": 1, "maximum": 9999}}')),
('P209', 'fail', true, '{"hours": 90000}', NULL, with_field('{"name": "hours", "type": "integer", "title": "Hours", "constraints": {"minimum": 1, "maximum": 9999}}')),
('P209', 'edge', true, '{"hours": 0}', NULL, with_field('{"name": "hours", "type": "integer", "title": "Hours", "constraints": {"minimum": 1, "maximum": 9999}}')),
('P210', 'pass', false, '{"visit": "2025-07-31"}', NULL, with_field('{"name": "visit", "type": "date", "title": "Visit"}')),
('P210', 'fail', true, '{"visit": "last week"}', NULL, with_field('{"name": "visit", "type": "date", "title": "Visit"}')),
('P210', 'edge', true, '{"visit": "31/02/2025"}', NULL, with_field('{"name": "visit", "type": "date", "title": "Visit"}')),
('P301', 'pass', false, '{}', NULL, NULL),
('P301', 'fail', true, '{"sex.male": 31}', NULL, NULL),
('P301', 'edge', false, '{"sex.male": "yes"}', NULL, NULL),
('P302', 'pass', false, '{"total": 30, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P302', 'fail', true, '{"total": 20, "sex.female": 12, "sex.male": 10, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P302', 'edge', false, '{"age.25+": 0, "age.18-24": null, "age.18-25": 0, "age.0-4": 0, "ethnicity.W1": 15, "place.lsoa.E01006512": 4, "total": 22, "sex.female": 12, "sex.male": 10, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P303', 'pass', false, '{}', NULL, NULL),
('P303', 'fail', true, '{"total": 70, "sex.female": 18, "sex.male": 10, "sex.not_known": null}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P303', 'edge', false, '{"total": 70, "sex.female": 18, "sex.male": 10, "sex.not_known": 42}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P304', 'pass', false, '{}', NULL, NULL),
('P304', 'fail', true, '{"role.parent_carer": 31}', NULL, NULL),
('P304', 'edge', false, '{"role.parent_carer": 30}', NULL, NULL),
('P305', 'pass', false, '{"total": 21, "sex.female": null, "sex.male": null, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null, "role.lone_parent": null, "role.parent_carer": 18, "age.0-4": null, "age.18-25": 5, "age.25+": 16}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P305', 'fail', true, '{"total": 39, "sex.female": null, "sex.male": null, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null, "role.lone_parent": null, "role.parent_carer": 18, "age.0-4": null, "age.18-25": 5, "age.25+": 16}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P305', 'edge', false, '{"total": 21, "role.parent_carer": 0, "sex.female": null, "sex.male": null, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null, "role.lone_parent": null, "age.0-4": null, "age.18-25": 5, "age.25+": 16}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P306', 'pass', false, '{}', NULL, NULL),
('P306', 'fail', true, '{"total": null, "sex.female": null, "sex.male": null, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null, "role.lone_parent": null, "role.parent_carer": 18, "age.0-4": null, "age.18-25": 5, "age.25+": 16}', NULL, (SELECT document FROM sample WHERE name = 'old')),
('P306', 'edge', false, '{"total": 21, "sex.female": null, "sex.male": null, "sex.not_known": null, "age.not_known": null, "place.not_known": null, "ethnicity.not_known": null, "role.lone_parent": null, "role.parent_carer": 18, "age.0-4": null, "age.18-25": 5, "age.25+": 16, "ethnicity.W1": 10, "ethnicity.B1": 3, "place.lsoa.E01006512": 2}', NULL, (SELECT document FROM sample WHERE name = 'old')),
('P307', 'pass', false, '{}', NULL, NULL),
('P307', 'fail', true, '{"total": 10}', NULL, NULL),
('P307', 'edge', false, '{"total": "<31"}', NULL, NULL),
('P308', 'pass', false, '{"total": null}', NULL, NULL),
('P308', 'fail', true, '{"total": null, "sex.male": 11}', NULL, NULL),
('P308', 'edge', false, '{"total": null, "sex.male": "yes"}', NULL, NULL),
('P309', 'pass', false, '{"total": 30}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P309', 'fail', true, '{"total": 30, "role.parent_carer": 31}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P309', 'edge', false, '{"total": 30, "role.parent_carer": 30}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P310', 'pass', false, '{}', NULL, NULL),
('P310', 'fail', true, '{"age.18-25": 5, "age.25+": 16}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P310', 'edge', false, '{"age.18-25": 0, "age.25+": 16}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P311', 'pass', false, '{}', NULL, NULL),
('P311', 'fail', true, '{"age.0-4": null, "age.5-10": null, "age.11-15": null, "age.16-17": null, "age.18-24": null, "age.25+": null, "age.not_known": null, "sex.female": null, "sex.male": null, "sex.other": null, "sex.not_known": null, "ethnicity.W1": null, "ethnicity.W2": null, "ethnicity.W9": null, "ethnicity.M1": null, "ethnicity.M2": null, "ethnicity.M3": null, "ethnicity.M9": null, "ethnicity.A1": null, "ethnicity.A2": null, "ethnicity.A3": null, "ethnicity.A9": null, "ethnicity.B1": null, "ethnicity.B2": null, "ethnicity.B9": null, "ethnicity.O1": null, "ethnicity.O9": null, "ethnicity.not_known": null, "place.not_known": null, "place.lsoa.E01006512": null, "place.ward.E05015277": null, "role.parent_carer": null, "role.lone_parent": null, "onward.total": null, "outcome.baseline": null, "outcome.follow_up": null, "outcome.improved": null, "place.postcode.L1 8JQ": null}', NULL, NULL),
('P311', 'edge', false, '{"age.0-4": null, "age.5-10": null, "age.11-15": null, "age.16-17": null, "age.18-24": null, "age.25+": null, "age.not_known": null, "sex.female": null, "sex.male": null, "sex.other": null, "sex.not_known": null, "ethnicity.W1": null, "ethnicity.W2": null, "ethnicity.W9": null, "ethnicity.M1": null, "ethnicity.M2": null, "ethnicity.M3": null, "ethnicity.M9": null, "ethnicity.A1": null, "ethnicity.A2": null, "ethnicity.A3": null, "ethnicity.A9": null, "ethnicity.B1": null, "ethnicity.B2": null, "ethnicity.B9": null, "ethnicity.O1": null, "ethnicity.O9": null, "ethnicity.not_known": null, "place.not_known": null, "place.lsoa.E01006512": null, "place.ward.E05015277": null, "role.parent_carer": null, "role.lone_parent": null, "onward.total": null, "outcome.baseline": null, "outcome.follow_up": null, "outcome.improved": null, "place.postcode.L1 8JQ": null, "total": 0}', NULL, NULL),
('P401', 'pass', false, '{}', NULL, NULL),
('P401', 'fail', true, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0}', NULL, NULL),
('P401', 'edge', false, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0, "total": null, "age.25+": "<2"}', NULL, NULL),
('P402', 'pass', false, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0}', NULL, NULL),
('P402', 'fail', true, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0}', before(), NULL),
('P402', 'edge', false, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0}', before('{"total": 0, "age.25+": 0, "sex.female": 0, "sex.male": 0}'), NULL),
('P403', 'pass', false, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0}', NULL, NULL),
('P403', 'fail', true, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0, "contacts.total": 14}', NULL, NULL),
('P403', 'edge', false, '{"total": 0, "age.0-4": 0, "age.5-10": 0, "age.11-15": 0, "age.16-17": 0, "age.18-24": 0, "age.25+": 0, "age.not_known": 0, "sex.female": 0, "sex.male": 0, "sex.other": 0, "sex.not_known": 0, "ethnicity.W1": 0, "ethnicity.W2": 0, "ethnicity.W9": 0, "ethnicity.M1": 0, "ethnicity.M2": 0, "ethnicity.M3": 0, "ethnicity.M9": 0, "ethnicity.A1": 0, "ethnicity.A2": 0, "ethnicity.A3": 0, "ethnicity.A9": 0, "ethnicity.B1": 0, "ethnicity.B2": 0, "ethnicity.B9": 0, "ethnicity.O1": 0, "ethnicity.O9": 0, "ethnicity.not_known": 0, "place.not_known": 0, "place.lsoa.E01006512": 0, "place.ward.E05015277": 0, "role.parent_carer": 0, "role.lone_parent": 0, "onward.total": 0, "outcome.baseline": 0, "outcome.follow_up": 0, "outcome.improved": 0, "place.postcode.L1 8JQ": 0, "contacts.total": 0, "contacts.hours": 0, "secondary.total": 0, "caseload.opening": 0, "caseload.new": 0, "caseload.closed": 0, "caseload.closing": 0, "referrals.total": 14}', NULL, NULL),
('P501', 'pass', false, '{}', NULL, NULL),
('P501', 'fail', true, '{"basis": null}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P501', 'edge', false, '{"basis": null}', NULL, NULL),
('P502', 'pass', false, '{}', NULL, NULL),
('P502', 'fail', true, '{"basis": "active"}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P502', 'edge', false, '{"basis": " New-referrals "}', NULL, (SELECT document FROM sample WHERE name = 'new')),
('P503', 'pass', false, '{}', before(), NULL),
('P503', 'fail', true, '{}', before('{"basis": "new_referrals"}'), NULL),
('P503', 'edge', false, '{}', before('{"basis": null}', form => 'new'), NULL),
('P504', 'pass', false, '{}', NULL, NULL),
('P504', 'fail', true, '{"caseload.closing": 23}', NULL, NULL),
('P504', 'edge', false, '{"caseload.closed": null, "caseload.closing": 23}', NULL, NULL),
('P505', 'pass', false, '{}', before(), NULL),
('P505', 'fail', true, '{}', before('{"caseload.closing": 15}'), NULL),
('P505', 'edge', false, '{}', before('{"caseload.closing": 15}', period => '2024-Q4'), NULL),
('P506', 'pass', false, '{}', NULL, NULL),
('P506', 'fail', true, '{"total": 31}', NULL, NULL),
('P506', 'edge', false, '{"total": "30 people"}', NULL, NULL),
('P507', 'pass', false, '{}', NULL, NULL),
('P507', 'fail', true, '{"caseload.closed": 31}', NULL, NULL),
('P507', 'edge', false, '{"caseload.closed": 30}', NULL, NULL),
('P508', 'pass', false, '{}', NULL, NULL),
('P508', 'fail', true, '{"referrals.accepted": 9}', NULL, NULL),
('P508', 'edge', false, '{"referrals.accepted": "<20"}', NULL, NULL),
('P509', 'pass', false, '{}', before(), NULL),
('P509', 'fail', true, '{}', before(form => 'new'), NULL),
('P509', 'edge', true, '{}', before(), with_part('{"version": "2"}')),
('P601', 'pass', false, '{}', before(), NULL),
('P601', 'fail', true, '{}', before((SELECT document FROM sample WHERE name = 'return'), period => '2025-Q1'), NULL),
('P601', 'edge', false, '{"total": 31}', before((SELECT document FROM sample WHERE name = 'return')), NULL),
('P602', 'pass', false, '{}', before(), NULL),
('P602', 'fail', true, '{}', before('{"total": 95, "age.25+": null, "sex.female": null, "sex.male": null}'), NULL),
('P602', 'edge', false, '{}', before('{"total": 61, "age.25+": null, "sex.female": null, "sex.male": null}'), NULL),
('P603', 'pass', false, '{"period": "2025-Q3"}', before('{"total": 8, "age.25+": 4, "age.18-24": 4, "sex.female": 4, "sex.male": 4, "caseload.opening": null, "caseload.new": 3, "caseload.closed": 2, "caseload.closing": null}') || before('{"total": 18, "age.25+": 8, "age.18-24": 8, "age.11-15": 2, "sex.female": 2, "sex.male": 16, "caseload.opening": null, "caseload.new": 7, "caseload.closed": 4, "caseload.closing": null}', period => '2025-Q2'), NULL),
('P603', 'fail', true, '{"period": "2025-Q3"}', before('{"total": 8, "age.25+": 4, "age.18-24": 4, "sex.female": 4, "sex.male": 4, "caseload.opening": null, "caseload.new": 3, "caseload.closed": 2, "caseload.closing": null}') || before('{"total": 18, "age.25+": 8, "age.18-24": 8, "age.11-15": 2, "sex.female": 9, "sex.male": 9, "caseload.opening": null, "caseload.new": 7, "caseload.closed": 4, "caseload.closing": null}', period => '2025-Q2'), NULL),
('P603', 'edge', false, '{"period": "2026-Q1"}', before('{"total": 8, "age.25+": 4, "age.18-24": 4, "sex.female": 4, "sex.male": 4, "caseload.opening": null, "caseload.new": 3, "caseload.closed": 2, "caseload.closing": null}') || before('{"total": 18, "age.25+": 8, "age.18-24": 8, "age.11-15": 2, "sex.female": 9, "sex.male": 9, "caseload.opening": null, "caseload.new": 7, "caseload.closed": 4, "caseload.closing": null}', period => '2025-Q2'), NULL),
('P604', 'pass', false, '{}', NULL, NULL),
('P604', 'fail', true, '{}', before(), NULL),
('P604', 'edge', false, '{"basis": "new_referrals"}', before('{"basis": "new_referrals"}', form => 'new'), (SELECT document FROM sample WHERE name = 'new')),
('P605', 'pass', false, '{}', before(), NULL),
('P605', 'fail', true, '{}', before(status => 'no_return'), NULL),
('P605', 'edge', false, '{}', before(status => 'not_due'), NULL),
('P606', 'pass', false, '{}', NULL, with_part('{"serves": "[5,30)"}')),
('P606', 'fail', true, '{}', NULL, with_part('{"serves": "[18,26)"}')),
('P606', 'edge', false, '{}', NULL, with_part('{"serves": "[10,26)"}')),
('P701', 'pass', false, '{}', NULL, NULL),
('P701', 'fail', true, '{"place.postcode.L1 8J": 1}', NULL, NULL),
('P701', 'edge', false, '{"place.postcode.l18jq": 1}', NULL, NULL),
('P702', 'pass', false, '{}', NULL, NULL),
('P702', 'fail', true, '{"place.postcode.ZZ99 3VZ": 1}', NULL, NULL),
('P702', 'edge', false, '{"place.postcode.ZE1 0AA": 1}', NULL, NULL),
('P703', 'pass', false, '{}', NULL, NULL),
('P703', 'fail', true, '{"place.lsoa.E0100651": 1}', NULL, NULL),
('P703', 'edge', false, '{"place.lsoa.e01006513": 1}', NULL, NULL),
('P704', 'pass', false, '{}', NULL, NULL),
('P704', 'fail', true, '{"place.lsoa.E05015277": 1}', NULL, NULL),
('P704', 'edge', false, '{"place.lsoa.W01000001": 1}', NULL, NULL),
('P705', 'pass', false, '{"place.ward.E05015277": 12}', NULL, (SELECT document FROM sample WHERE name = 'place_form')),
('P705', 'fail', true, '{"place.lsoa.E01006512": 30, "place.ward.E05015277": 30}', NULL, NULL),
('P705', 'edge', true, '{}', NULL, (SELECT document FROM sample WHERE name = 'place_form')),
('P706', 'pass', false, '{}', NULL, NULL),
('P706', 'fail', true, '{"place.postcode.l18jq": 1}', NULL, NULL),
('P706', 'edge', false, '{"place.postcode.L1 8JR": 1}', NULL, NULL),
('P707', 'pass', false, '{}', NULL, NULL),
('P707', 'fail', true, '{"place.postcode.L1": 1}', NULL, NULL),
('P707', 'edge', false, '{"place.postcode.QQ1": 1}', NULL, NULL),
('P801', 'pass', false, '{}', NULL, NULL),
('P801', 'fail', true, '{"narrative.activities": ""}', NULL, NULL),
('P801', 'edge', false, '{"narrative.stories": null}', NULL, NULL),
('P802', 'pass', false, '{"narrative.stories": "We met on 3 February 2025 in the hall."}', NULL, NULL),
('P802', 'fail', true, '{"narrative.stories": "Sam Example, 3/2/1999, has work now."}', NULL, NULL),
('P802', 'edge', true, '{"narrative.stories": "One of them, born on 3rd February 1999, has work now."}', NULL, NULL),
('P803', 'pass', false, '{"narrative.stories": "Grant 9434765918 came late."}', NULL, NULL),
('P803', 'fail', true, '{"narrative.stories": "NHS 943 476 5919 was referred."}', NULL, NULL),
('P803', 'edge', false, '{"narrative.stories": "Reference 1111111111 was referred."}', NULL, NULL),
('P804', 'pass', false, '{"narrative.stories": "We made 1200 calls in 07 weeks."}', NULL, NULL),
('P804', 'fail', true, '{"narrative.stories": "Please ring 07700 900123 about him."}', NULL, NULL),
('P804', 'edge', true, '{"narrative.stories": "Please ring +44 151 496 0123 about him."}', NULL, NULL),
('P805', 'pass', false, '{"narrative.stories": "We met @ the hall."}', NULL, NULL),
('P805', 'fail', true, '{"narrative.stories": "Write to sam@example.org for more."}', NULL, NULL),
('P805', 'edge', false, '{"narrative.stories": "Follow us @wardstar.example on the web."}', NULL, NULL),
('P806', 'pass', false, '{"narrative.stories": "Most live in L1 and L8."}', NULL, NULL),
('P806', 'fail', true, '{"narrative.stories": "He lives at L1 8JQ with his mother."}', NULL, NULL),
('P806', 'edge', false, '{"narrative.stories": "He has the pseudo postcode ZZ99 3VZ on file."}', NULL, NULL),
('P807', 'pass', false, '{"narrative.stories": "Wing A1234 has a new group."}', NULL, NULL),
('P807', 'fail', true, '{"narrative.stories": "We help A1234BC with housing."}', NULL, NULL),
('P807', 'edge', true, '{"narrative.stories": "His number is QQ 12 34 56 C in the file."}', NULL, NULL),
('P808', 'pass', false, '{}', before(), NULL),
('P808', 'fail', true, '{"narrative.activities": "Individual meetings in the prison."}', before(), NULL),
('P808', 'edge', false, '{"narrative.activities": "As above"}', before('{"narrative.activities": "As above"}'), NULL),
('P809', 'pass', false, '{}', NULL, NULL),
('P809', 'fail', true, '{"narrative.stories": "As above"}', NULL, NULL),
('P809', 'edge', false, '{"narrative.stories": "Nothing to tell"}', NULL, NULL),
('P901', 'pass', false, '{}', NULL, NULL),
('P901', 'fail', true, '{"period": "summer 2025"}', NULL, NULL),
('P901', 'edge', true, '{"period": "2025-Q5"}', NULL, NULL),
('P902', 'pass', false, '{"visit": "2025-07-31"}', NULL, with_field('{"name": "visit", "type": "date", "title": "Visit"}')),
('P902', 'fail', true, '{"visit": "2025-06-30"}', NULL, with_field('{"name": "visit", "type": "date", "title": "Visit"}')),
('P902', 'edge', false, '{"visit": "30/09/2025"}', NULL, with_field('{"name": "visit", "type": "date", "title": "Visit"}')),
('P903', 'pass', false, '{}', NULL, NULL),
('P903', 'fail', true, '{"period": "2021-Q4"}', NULL, NULL),
('P903', 'edge', false, '{"period": "2022-Q1"}', NULL, NULL),
('P904', 'pass', false, '{}', NULL, NULL),
('P904', 'fail', true, '{"period": null}', NULL, NULL),
('P904', 'edge', false, '{"period": "2025"}', NULL, NULL);

-- Each rule for returns has all three.
SELECT 'without examples: ' || code FROM proforma_rules()
WHERE code LIKE 'P%' AND (SELECT count(DISTINCT kind) FROM example WHERE rule = code) <> 3;
SELECT rule, 'does not fire on failing, or fires on passing' FROM example WHERE kind <> 'edge' AND fires <> (kind = 'fail');

CREATE VIEW outcome AS
SELECT e.rule, e.kind, e.fires, e.patch, f.*
FROM example e CROSS JOIN sample i CROSS JOIN sample s
LEFT JOIN LATERAL (
	SELECT severity, field, message, suggestion, observed, expected
	FROM proforma_check(coalesce(e.form, i.document), CASE jsonb_typeof(e.patch) WHEN 'object' THEN s.document || e.patch ELSE e.patch END, e.previous) c
	WHERE c.rule = e.rule LIMIT 1) f ON true
WHERE i.name = 'improved' AND s.name = 'return';
-- None must be listed here.
SELECT rule, kind, fires AS should, message FROM outcome WHERE fires <> (message IS NOT NULL) ORDER BY rule, kind;
-- The words of the failing examples.
SELECT rule, severity, field, message, observed, expected FROM outcome WHERE kind = 'fail' ORDER BY rule;
-- Words that a volunteer need not know.
SELECT rule, message FROM outcome WHERE concat(message, suggestion) ~* '\m(null|constraint|json|integer|regex|schema|partition|enum)\M';
SELECT code FROM proforma_rules() WHERE code !~ '^F' AND concat(title, explanation, suggestion) ~* '\m(null|constraint|json|integer|regex|schema|enum)\M';

-- Rules for the form itself: the improved form with one thing changed, or the old or new one.
CREATE FUNCTION with_box(box text, patch jsonb) RETURNS jsonb LANGUAGE sql STABLE AS
$$SELECT document || jsonb_build_object('fields', (SELECT jsonb_agg(CASE WHEN f->>'name' = box THEN f || patch ELSE f END ORDER BY n)
	FROM jsonb_array_elements(document->'fields') WITH ORDINALITY f (f, n))) FROM sample WHERE name = 'improved'$$;
CREATE FUNCTION with_group(part text, patch jsonb) RETURNS jsonb LANGUAGE sql STABLE AS
$$SELECT document || jsonb_build_object('groups', (SELECT jsonb_agg(CASE WHEN g->>'name' = part THEN g || patch ELSE g END ORDER BY n)
	FROM jsonb_array_elements(document->'groups') WITH ORDINALITY g (g, n))) FROM sample WHERE name = 'improved'$$;
CREATE TABLE form_example (rule text, kind text, fires boolean, form jsonb);
INSERT INTO form_example SELECT code, 'pass', false, document FROM proforma_rules(), sample WHERE code LIKE 'F%' AND name = 'improved';
INSERT INTO form_example SELECT rule, 'fail', true, document
FROM (VALUES ('F101', 'old'), ('F103', 'old'), ('F104', 'new'), ('F106', 'old'), ('F107', 'new'), ('F108', 'new'), ('F109', 'new'), ('F111', 'new'), ('F112', 'old')) v (rule, form)
JOIN sample ON name = form;
INSERT INTO form_example VALUES
('F101', 'edge', true, with_group('age', '{"bands": {"age.5-10": "[5,12)", "age.11-15": "[11,16)"}}')),
('F102', 'fail', true, with_group('age', '{"bands": {"age.0-4": "[0,5)", "age.5-10": "[5,10)", "age.11-15": "[11,16)", "age.16-17": "[16,18)", "age.18-24": "[18,25)", "age.25+": "[25,)"}}')),
('F102', 'edge', false, with_group('age', '{"bands": {"age.5-10": "[5,11)", "age.11-15": "[11,19)"}}') || '{"serves": "[5,19)"}'),
('F103', 'edge', true, with_box('role.lone_parent', '{"section": "Their age"}')),
('F104', 'edge', false, with_group('role', '{"kind": "overlapping"}')),
('F105', 'fail', true, (SELECT document - 'basis' FROM sample WHERE name = 'improved')),
('F105', 'edge', false, with_part('{"basis": {"field": "basis"}}')),
('F106', 'edge', true, with_part('{"people": [{"name": "beneficiaries", "total": "nobody"}]}')),
('F107', 'edge', false, with_field('{"name": "better", "type": "integer", "title": "Improved", "topic": "outcome"}', 'new')),
('F108', 'edge', false, with_field('{"name": "sent", "type": "integer", "title": "Referrals", "topic": "referral"}', 'new')),
('F109', 'edge', true, with_field('{"name": "met", "type": "integer", "title": "Contacts", "topic": "contact"}', 'new')),
('F110', 'fail', true, with_box('sex.other', '{"title": "Other"}')),
('F110', 'edge', false, with_box('age.25+', '{"title": "25+"}')),
('F111', 'edge', true, with_box('total', '{"description": ""}')),
('F112', 'edge', true, with_box('age.5-10', '{"title": "5 - 10"}')),
('F113', 'fail', true, with_box('age.5-10', '{"title": "5 to 11"}')),
('F113', 'edge', false, with_box('age.5-10', '{"title": "5 to under 11"}')),
('F114', 'fail', true, '[]'),
('F114', 'edge', true, with_group('sex', '{"unknown": "age.not_known"}')),
('F115', 'fail', true, with_field('{"name": "visits", "type": "integer", "title": "Visits", "description": "Visits to a home."}')),
('F115', 'edge', false, with_field('{"name": "visits", "type": "integer", "title": "Visits", "description": "Visits to a home.", "topic": "contact"}')),
('F116', 'fail', true, (SELECT document - 'valid' FROM sample WHERE name = 'improved')),
('F116', 'edge', true, with_part('{"valid": {"from": "2025"}}')),
('F117', 'fail', true, (SELECT document - 'version' FROM sample WHERE name = 'improved')),
('F117', 'edge', true, with_part('{"version": ""}')),
('F118', 'fail', true, (SELECT document - 'caseload' FROM sample WHERE name = 'improved')),
('F118', 'edge', true, (SELECT document #- '{caseload,closing}' FROM sample WHERE name = 'improved'));
SELECT 'without examples: ' || code FROM proforma_rules()
WHERE code LIKE 'F%' AND (SELECT count(DISTINCT kind) FROM form_example WHERE rule = code) <> 3;
CREATE VIEW form_outcome AS
SELECT e.rule, e.kind, e.fires, f.*
FROM form_example e
LEFT JOIN LATERAL (SELECT severity, field, message, suggestion FROM proforma_lint(e.form) c WHERE c.rule = e.rule LIMIT 1) f ON true;
-- None must be listed here.
SELECT rule, kind, fires AS should, message FROM form_outcome WHERE fires <> (message IS NOT NULL) ORDER BY rule, kind;
SELECT rule, severity, field, message FROM form_outcome WHERE kind = 'fail' ORDER BY rule;
SET client_min_messages = warning;
DROP SCHEMA test_proforma_rules CASCADE;
