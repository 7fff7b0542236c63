-- Keeping the rows of an accepted record-level return, and the counts that follow from them.

-- One row a client who shares; of the others nothing. Programme and quarter are those of the submission.
CREATE OR REPLACE FUNCTION intake.store_records(submission bigint, programme text, period returns.period) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
BEGIN
	PERFORM intake.remove_records(s.id) FROM intake.submission s
	WHERE s.programme = store_records.programme AND s.period = store_records.period AND s.id <> submission;
	INSERT INTO casework.client_quarter AS q (submission, programme, period, client, relation, family, sex, year_of_birth, age_band, ethnicity, lsoa, ward, grade,
		custody_status, release_on, consent_given_on, consent_withdrawn_on)
	SELECT submission, programme, period, c.client, c.relation, c.family, c.sex, c.year_of_birth, c.age_band, c.ethnicity, c.lsoa, c.ward, c.grade,
		c.custody_status, c.release_on, c.consent_given_on, c.consent_withdrawn_on
	FROM pg_temp.client_in c WHERE c.shares;
	INSERT INTO casework.identity AS i (submission, programme, client, kind, token)
	SELECT submission, programme, c.client, t.key, t.value
	FROM pg_temp.client_in c CROSS JOIN jsonb_each_text(c.identity) t
	WHERE c.shares AND t.value IS NOT NULL;
	INSERT INTO casework.referral AS f (submission, programme, period, client, referred_on, source, onward_to, result, decided_on)
	SELECT submission, programme, period, c.client, intake.record_day(r.cells, 'referred_on'), r.cells ->> 'source', r.cells ->> 'onward_to',
		r.cells ->> 'result', intake.record_day(r.cells, 'decided_on')
	FROM pg_temp.record_in r JOIN pg_temp.client_in c USING (client)
	WHERE r.record_table = 'referrals' AND c.shares;
	-- Where the day of the referral is not given it is the last one before the start, if no other engagement came of it.
	INSERT INTO casework.engagement AS e (submission, programme, period, client, referred_on, started_on, closed_on, outcome)
	SELECT submission, programme, period, n.client,
		coalesce(n.referred_on, (SELECT max(f.referred_on) FROM casework.referral f WHERE f.submission = store_records.submission AND f.client = n.client
			AND f.source IS NOT NULL AND f.referred_on <= n.started_on AND f.referred_on > coalesce(n.previous_on, '-infinity')
			AND NOT EXISTS (SELECT FROM pg_temp.record_in o WHERE o.record_table = 'engagements' AND o.client = n.client
				AND intake.record_day(o.cells, 'referred_on') = f.referred_on)), n.started_on),
		n.started_on, n.ended_on, n.outcome
	FROM (SELECT d.*, lag(d.started_on) OVER (PARTITION BY d.client ORDER BY d.started_on, d.referred_on) AS previous_on
		FROM (SELECT c.client, intake.record_day(r.cells, 'referred_on') AS referred_on, intake.record_day(r.cells, 'started_on') AS started_on,
				intake.record_day(r.cells, 'ended_on') AS ended_on, r.cells ->> 'outcome' AS outcome
			FROM pg_temp.record_in r JOIN pg_temp.client_in c USING (client)
			WHERE r.record_table = 'engagements' AND c.shares) d) n;
	INSERT INTO casework.contact AS k (submission, programme, period, client, contact_on, kind)
	SELECT submission, programme, period, c.client, intake.record_day(r.cells, 'contact_on'), r.cells ->> 'kind'
	FROM pg_temp.record_in r JOIN pg_temp.client_in c USING (client)
	WHERE r.record_table = 'contacts' AND c.shares;
	INSERT INTO casework.star_review AS v (submission, programme, period, client, taken_on, mode, star)
	SELECT submission, programme, period, c.client, intake.record_day(r.cells, 'taken_on'), r.cells ->> 'mode', s.star
	FROM pg_temp.record_in r JOIN pg_temp.client_in c USING (client) JOIN pg_temp.star_in s ON s.line = r.line
	WHERE r.record_table = 'stars' AND c.shares;
	INSERT INTO casework.measure AS m (submission, programme, period, client, measured_on, measure, occasion, value)
	SELECT submission, programme, period, c.client, intake.record_day(r.cells, 'measured_on'), lower(r.cells ->> 'measure'), r.cells ->> 'occasion',
		(r.cells ->> 'value')::numeric
	FROM pg_temp.record_in r JOIN pg_temp.client_in c USING (client)
	WHERE r.record_table = 'measures' AND c.shares;
	INSERT INTO casework.feedback AS b (submission, programme, period, client, given_on, giver, rating, recommend)
	SELECT submission, programme, period, c.client, intake.record_day(r.cells, 'given_on'), r.cells ->> 'giver', (r.cells ->> 'rating')::int,
		(r.cells ->> 'recommend') = 'yes'
	FROM pg_temp.record_in r LEFT JOIN pg_temp.client_in c USING (client)
	WHERE r.record_table = 'feedback' AND (r.client IS NULL OR c.shares);
END
$$;
COMMENT ON FUNCTION intake.store_records(bigint, text, returns.period) IS 'keeps the rows of pg_temp.record_in in casework, in place of those of earlier files for the quarter';

CREATE OR REPLACE FUNCTION intake.remove_records(submission bigint) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
	DELETE FROM casework.client_quarter c WHERE c.submission = remove_records.submission;
	DELETE FROM casework.identity c WHERE c.submission = remove_records.submission;
	DELETE FROM casework.referral c WHERE c.submission = remove_records.submission;
	DELETE FROM casework.engagement c WHERE c.submission = remove_records.submission;
	DELETE FROM casework.contact c WHERE c.submission = remove_records.submission;
	DELETE FROM casework.star_review c WHERE c.submission = remove_records.submission;
	DELETE FROM casework.measure c WHERE c.submission = remove_records.submission;
	DELETE FROM casework.feedback c WHERE c.submission = remove_records.submission;
$$;
COMMENT ON FUNCTION intake.remove_records(bigint) IS 'removes what a record-level return put into casework';

-- The counts of the improved form, as far as the rows tell them. Totals hold everyone; all else those who share.
CREATE OR REPLACE FUNCTION intake.record_counts(submission bigint)
RETURNS TABLE (category text, area_level text, area gss_code, ward gss_code, grade text, people int4range)
LANGUAGE sql STABLE ROWS 100
SET search_path FROM CURRENT
AS $$
	WITH total AS (
		SELECT count(*) FILTER (WHERE k.relation = 'primary') AS everyone, count(*) FILTER (WHERE k.relation = 'secondary') AS secondary,
			count(*) FILTER (WHERE k.relation = 'primary' AND NOT k.shares) AS silent, count(*) FILTER (WHERE NOT k.shares) AS all_silent,
			coalesce(sum(k.referrals), 0) AS referrals, coalesce(sum(k.contacts), 0) AS contacts
		FROM intake.record_client k WHERE k.submission = record_counts.submission AND NOT k.withdrawn
	), client AS MATERIALIZED (
		SELECT c.*, casework.ages_on(returns.period_start(c.period), c.year_of_birth, c.age_band) AS ages
		FROM casework.client_quarter c WHERE c.submission = record_counts.submission AND c.relation = 'primary'
	), received AS MATERIALIZED (
		SELECT * FROM casework.referral f WHERE f.submission = record_counts.submission AND f.source IS NOT NULL
	), n (category, area_level, area, ward, grade, least, most) AS (
		SELECT 'everyone', NULL, NULL::gss_code, NULL::gss_code, NULL, everyone, everyone FROM total
		UNION ALL SELECT 'total', NULL, NULL, NULL, NULL, everyone, everyone FROM total
		UNION ALL SELECT 'secondary.total', NULL, NULL, NULL, NULL, secondary, secondary FROM total
		UNION ALL SELECT 'referrals.total', NULL, NULL, NULL, NULL, referrals, referrals FROM total
		UNION ALL SELECT 'contacts.total', NULL, NULL, NULL, NULL, contacts, contacts FROM total
		UNION ALL SELECT 'not_sharing', NULL, NULL, NULL, NULL, silent, silent FROM total
		UNION ALL SELECT 'not_sharing.all', NULL, NULL, NULL, NULL, all_silent, all_silent FROM total
		UNION ALL
		SELECT 'age.' || a.name, NULL, NULL, NULL, NULL, count(*) FILTER (WHERE c.ages <@ a.band), count(*) FILTER (WHERE c.ages && a.band)
		FROM (VALUES ('0-4', '[0,5)'::int4range), ('5-10', '[5,11)'), ('11-15', '[11,16)'), ('16-17', '[16,18)'), ('18-24', '[18,25)'), ('25+', '[25,)')) a (name, band)
		LEFT JOIN client c ON c.ages && a.band
		GROUP BY a.name
		UNION ALL SELECT 'age.not_known', NULL, NULL, NULL, NULL, count(*), count(*) FROM client c WHERE c.ages IS NULL
		UNION ALL
		SELECT 'sex.' || replace(c.sex, ' ', '_'), NULL, NULL, NULL, NULL, count(*), count(*) FROM client c GROUP BY c.sex
		UNION ALL
		SELECT 'ethnicity.' || CASE c.ethnicity WHEN 'NS' THEN 'not_known' ELSE c.ethnicity END, NULL, NULL, NULL, NULL, count(*), count(*) FROM client c GROUP BY c.ethnicity
		UNION ALL
		SELECT 'place', CASE WHEN c.lsoa IS NOT NULL THEN 'lsoa' ELSE 'ward' END, coalesce(c.lsoa, c.ward), CASE WHEN c.lsoa IS NOT NULL THEN c.ward END,
			intake.worst_grade(array_agg(c.grade)), count(*), count(*)
		FROM client c WHERE coalesce(c.lsoa, c.ward) IS NOT NULL GROUP BY c.lsoa, c.ward
		UNION ALL
		SELECT 'place.not_known', NULL, NULL, NULL, NULL, count(*), count(*) FROM client c WHERE coalesce(c.lsoa, c.ward) IS NULL
		UNION ALL
		SELECT 'referrals.source.' || CASE WHEN r.source IN ('probation', 'prison', 'court', 'police', 'self') THEN r.source
			WHEN r.source = 'not known' THEN 'not_known' ELSE 'other' END, NULL, NULL, NULL, NULL, count(*), count(*) FROM received r GROUP BY 1
		UNION ALL
		SELECT 'referrals.' || d.name, NULL, NULL, NULL, NULL, count(r.client), count(r.client)
		FROM (VALUES ('accepted', 'accepted'), ('refused', 'refused'), ('waiting', 'waiting'), ('out of area', 'out_of_area'), ('not known', 'result_not_known')) d (result, name)
		LEFT JOIN received r ON r.result = d.result
		GROUP BY d.name
		UNION ALL
		SELECT 'onward.total', NULL, NULL, NULL, NULL, count(DISTINCT f.client), count(DISTINCT f.client)
		FROM casework.referral f WHERE f.submission = record_counts.submission AND f.onward_to IS NOT NULL
		UNION ALL
		SELECT 'completion.' || replace(e.outcome, ' ', '_'), NULL, NULL, NULL, NULL, count(*), count(*)
		FROM casework.engagement e
		WHERE e.submission = record_counts.submission AND e.outcome IN ('completed', 'left early') AND returns.period_of(e.closed_on) = e.period
		GROUP BY e.outcome
	)
	SELECT n.category, n.area_level, n.area, n.ward, n.grade, int4range(n.least::int, n.most::int, '[]') FROM n
$$;
COMMENT ON FUNCTION intake.record_counts(bigint) IS 'the counts of a record-level return, in the categories of the improved form';

CREATE OR REPLACE FUNCTION intake.count_records(submission bigint) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
	DELETE FROM intake.answer a WHERE a.submission = count_records.submission;
	INSERT INTO intake.answer AS a (submission, category, area_level, area, ward, grade, people)
	SELECT count_records.submission, c.* FROM intake.record_counts(count_records.submission) c;
$$;
COMMENT ON FUNCTION intake.count_records(bigint) IS 'works the counts of a record-level return out of its rows';

-- returns.count holds one source a programme and quarter: the record-level return where one is accepted, else the form.
CREATE OR REPLACE FUNCTION intake.set_counts(programme text, period returns.period) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
	DELETE FROM returns.count c WHERE c.programme = set_counts.programme AND c.period = set_counts.period;
	INSERT INTO returns.count AS c (submission, programme, period, form, category, area_level, area, ward, grade, people)
	SELECT a.submission, s.programme, s.period, s.form, a.category, a.area_level, a.area, a.ward, a.grade, a.people
	FROM (SELECT s.* FROM intake.submission s
		WHERE s.programme = set_counts.programme AND s.period = set_counts.period AND s.state = 'accepted'
		ORDER BY s.kind = 'records' DESC LIMIT 1) s
	JOIN intake.answer a ON a.submission = s.id;
$$;
COMMENT ON FUNCTION intake.set_counts(text, returns.period) IS 'sets the counts of a programme and quarter to those of its accepted submission';
