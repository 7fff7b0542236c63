-- Which reading is compared with which, what that makes of a programme, and when a review is due.

-- Readings of the modes, by episode: that of the client's referral before it, if there is one.
CREATE OR REPLACE FUNCTION analysis.star_reading(modes text[])
RETURNS TABLE (programme text, client text, episode date, instrument text, taken_on date, mode text, star outcome_star, number bigint)
LANGUAGE sql STABLE ROWS 1000
SET search_path FROM CURRENT
AS $$
	SELECT r.programme, r.client, e.referred_on, r.instrument, r.taken_on, r.mode, r.star,
		row_number() OVER (PARTITION BY r.programme, r.client, e.referred_on, r.instrument ORDER BY r.taken_on)
	FROM casework.latest_star_review r
	LEFT JOIN LATERAL (SELECT e.referred_on FROM casework.latest_engagement e
		WHERE e.programme = r.programme AND e.client = r.client AND e.referred_on <= r.taken_on
		ORDER BY e.referred_on DESC LIMIT 1) e ON true
	WHERE r.mode = ANY (modes)
$$;
COMMENT ON FUNCTION analysis.star_reading(text[]) IS 'readings of the modes, numbered within episode and instrument; number 1 is the baseline';

-- A row a client, episode and instrument: the first reading, and the one that "pair" chooses of the later ones.
CREATE OR REPLACE FUNCTION analysis.star_pair(pair text DEFAULT 'last', on_or_before date DEFAULT NULL, months int DEFAULT NULL,
	modes text[] DEFAULT '{agreed,worker,client}')
RETURNS TABLE (programme text, client text, episode date, instrument text, baseline_on date, baseline outcome_star,
	latest_on date, latest outcome_star)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	chosen text := star_pair.pair;
	day date := star_pair.on_or_before;
	after int := star_pair.months;
	wrong text;
BEGIN
	IF chosen IS NULL OR chosen NOT IN ('last', 'last_on_or_before', 'nearest_to_months') THEN
		RAISE EXCEPTION 'pair "%" is unknown', chosen USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Use last, last_on_or_before or nearest_to_months.';
	END IF;
	IF (chosen = 'last_on_or_before') <> (day IS NOT NULL) OR (chosen = 'nearest_to_months') <> (after IS NOT NULL) OR after < 1 THEN
		RAISE EXCEPTION 'pair "%" does not go with these arguments', chosen USING ERRCODE = 'invalid_parameter_value',
			DETAIL = 'last_on_or_before needs a date and no months, nearest_to_months needs months (1 or more) and no date, last needs neither.';
	END IF;
	SELECT m INTO wrong FROM unnest(modes) m WHERE m IS NULL OR m NOT IN ('agreed', 'worker', 'client', 'disputed') LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'mode "%" is unknown', wrong USING ERRCODE = 'invalid_parameter_value',
			HINT = 'The modes are agreed, worker, client and disputed.';
	END IF;
	RETURN QUERY
	WITH reading AS MATERIALIZED (SELECT * FROM analysis.star_reading(modes))
	SELECT b.programme, b.client, b.episode, b.instrument, b.taken_on, b.star, l.taken_on, l.star
	FROM reading b
	LEFT JOIN (
		SELECT DISTINCT ON (r.programme, r.client, r.episode, r.instrument) r.*
		FROM reading r
		JOIN reading f ON f.number = 1 AND f.programme = r.programme AND f.client = r.client
			AND f.episode IS NOT DISTINCT FROM r.episode AND f.instrument = r.instrument
		WHERE r.number > 1 AND (day IS NULL OR r.taken_on <= day)
		ORDER BY r.programme, r.client, r.episode, r.instrument,
			CASE WHEN after IS NOT NULL THEN abs(r.taken_on - (f.taken_on + make_interval(months => after))::date) END,
			CASE WHEN after IS NOT NULL THEN r.taken_on END, r.taken_on DESC
	) l ON l.programme = b.programme AND l.client = b.client AND l.episode IS NOT DISTINCT FROM b.episode AND l.instrument = b.instrument
	WHERE b.number = 1 AND (day IS NULL OR b.taken_on <= day);
END
$$;
COMMENT ON FUNCTION analysis.star_pair(text, date, int, text[]) IS 'baseline and the chosen later reading of each client, episode and instrument; latest is NULL where there is none';

CREATE OR REPLACE FUNCTION analysis.distance_travelled(pair text DEFAULT 'last', on_or_before date DEFAULT NULL, months int DEFAULT NULL,
	modes text[] DEFAULT '{agreed,worker,client}')
RETURNS TABLE (programme text, period returns.period, instrument text, clients bigint, paired bigint, mean_days float8, distance star_distance)
LANGUAGE sql STABLE ROWS 50
SET search_path FROM CURRENT
AS $$
	SELECT p.programme, returns.period_of(coalesce(p.latest_on, p.baseline_on)), p.instrument, count(*), count(p.latest),
		avg(p.latest_on - p.baseline_on)::float8, distance_travelled(p.baseline, p.latest)
	FROM analysis.star_pair(pair, on_or_before, months, modes) p
	GROUP BY 1, 2, 3
$$;
COMMENT ON FUNCTION analysis.distance_travelled(text, date, int, text[]) IS 'distance travelled by programme, quarter of the latest reading (of the baseline where it is the only one) and instrument; merge quarters with star_distance_merge';

-- Due dates are the baseline plus three calendar months, six, nine and so on, until the case closes. A later reading
-- answers the due date that it is nearest to.
CREATE OR REPLACE FUNCTION analysis.review_due_on(day date)
RETURNS TABLE (programme text, client text, episode date, instrument text, review int, due_on date, status text, days int, taken_on date)
LANGUAGE sql STABLE ROWS 500
SET search_path FROM CURRENT
AS $$
	WITH reading AS MATERIALIZED (
		SELECT * FROM analysis.star_reading('{agreed,worker,client,disputed}') r WHERE r.taken_on <= day
	), series AS (
		SELECT b.programme, b.client, b.episode, b.instrument, b.taken_on AS baseline_on,
			CASE WHEN e.closed_on <= day THEN e.closed_on END AS closed_on
		FROM reading b
		LEFT JOIN casework.latest_engagement e ON e.programme = b.programme AND e.client = b.client AND e.referred_on = b.episode
		WHERE b.number = 1
	), due AS (
		SELECT s.*, k AS review, (s.baseline_on + make_interval(months => 3 * k))::date AS due_on
		FROM series s, generate_series(1, 1 + (greatest(day, s.baseline_on) - s.baseline_on) / 89) k
		-- Until the case closes, or the first due date after this day.
		WHERE (s.baseline_on + make_interval(months => 3 * (k - 1)))::date < coalesce(s.closed_on, day + 1)
	), answer AS (
		SELECT DISTINCT ON (r.programme, r.client, r.episode, r.instrument, d.review)
			r.programme, r.client, r.episode, r.instrument, d.review, r.taken_on
		FROM reading r
		CROSS JOIN LATERAL (
			SELECT n.review, n.due_on FROM (
				SELECT 0 AS review, s.baseline_on AS due_on FROM series s
				WHERE s.programme = r.programme AND s.client = r.client AND s.episode IS NOT DISTINCT FROM r.episode AND s.instrument = r.instrument
				UNION ALL
				SELECT d.review, d.due_on FROM due d
				WHERE d.programme = r.programme AND d.client = r.client AND d.episode IS NOT DISTINCT FROM r.episode AND d.instrument = r.instrument
			) n ORDER BY abs(r.taken_on - n.due_on), n.review LIMIT 1
		) d
		WHERE r.number > 1 AND d.review > 0
		ORDER BY r.programme, r.client, r.episode, r.instrument, d.review, abs(r.taken_on - d.due_on), r.taken_on
	)
	SELECT d.programme, d.client, d.episode, d.instrument, d.review, d.due_on,
		CASE WHEN a.taken_on < d.due_on THEN 'done early' WHEN a.taken_on > d.due_on THEN 'done late' WHEN a.taken_on IS NOT NULL THEN 'done'
			WHEN d.closed_on <= d.due_on THEN 'closed before due' WHEN d.closed_on IS NOT NULL THEN 'missed'
			WHEN d.due_on < day THEN 'overdue' ELSE 'due' END,
		CASE WHEN a.taken_on IS NOT NULL THEN a.taken_on - d.due_on
			WHEN d.closed_on <= d.due_on THEN NULL
			WHEN d.due_on < day THEN coalesce(d.closed_on, day) - d.due_on ELSE d.due_on - day END,
		a.taken_on
	FROM due d
	LEFT JOIN answer a ON a.programme = d.programme AND a.client = d.client AND a.episode IS NOT DISTINCT FROM d.episode
		AND a.instrument = d.instrument AND a.review = d.review
$$;
COMMENT ON FUNCTION analysis.review_due_on(date) IS 'reviews due as of a day: done early, done, done late, overdue, due, missed (the case closed without it) or closed before due; days late, early (below 0), or left until it is due';
