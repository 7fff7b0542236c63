-- Quarters of the reporting year, which starts in April.

CREATE OR REPLACE FUNCTION returns.period_start(period returns.period) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.make_date(
	pg_catalog.left(period, 4)::int + CASE WHEN pg_catalog.right(period, 1) = '4' THEN 1 ELSE 0 END,
	CASE pg_catalog.right(period, 1) WHEN '1' THEN 4 WHEN '2' THEN 7 WHEN '3' THEN 10 ELSE 1 END, 1);
COMMENT ON FUNCTION returns.period_start(returns.period) IS 'first day of a quarter';

CREATE OR REPLACE FUNCTION returns.period_end(period returns.period) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.make_date(
	pg_catalog.left(period, 4)::int + CASE WHEN pg_catalog.right(period, 1) = '4' THEN 1 ELSE 0 END,
	CASE pg_catalog.right(period, 1) WHEN '1' THEN 6 WHEN '2' THEN 9 WHEN '3' THEN 12 ELSE 3 END,
	CASE WHEN pg_catalog.right(period, 1) IN ('1', '2') THEN 30 ELSE 31 END);
COMMENT ON FUNCTION returns.period_end(returns.period) IS 'last day of a quarter';

CREATE OR REPLACE FUNCTION returns.period_range(period returns.period) RETURNS daterange
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.daterange(returns.period_start(period), returns.period_end(period), '[]');
COMMENT ON FUNCTION returns.period_range(returns.period) IS 'the days of a quarter';

CREATE OR REPLACE FUNCTION returns.period_words(period returns.period) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE pg_catalog.right(period, 1)
	WHEN '1' THEN '1 April to 30 June '
	WHEN '2' THEN '1 July to 30 September '
	WHEN '3' THEN '1 October to 31 December '
	ELSE '1 January to 31 March ' END || extract(year FROM returns.period_start(period))::text;
COMMENT ON FUNCTION returns.period_words(returns.period) IS 'a quarter in words: 1 July to 30 September 2025';

CREATE OR REPLACE FUNCTION returns.period_of(day date) RETURNS returns.period
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (extract(year FROM day - interval '3 months')::int::text || '-Q'
	|| extract(quarter FROM day - interval '3 months')::int::text)::returns.period;
COMMENT ON FUNCTION returns.period_of(date) IS 'the quarter in which a day lies';

CREATE OR REPLACE FUNCTION returns.period_after(period returns.period, quarters int) RETURNS returns.period
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN returns.period_of((returns.period_start(period) + pg_catalog.make_interval(months => 3 * quarters))::date);
COMMENT ON FUNCTION returns.period_after(returns.period, int) IS 'the quarter that lies so many after a quarter, or before it';

-- STRICT keeps it from being inlined: generate_series() of times counts as 1,000 rows whatever its ends.
CREATE OR REPLACE FUNCTION returns.quarters(first_day date, last_day date) RETURNS SETOF returns.period
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
	SELECT returns.period_of(g.day::date)
	FROM pg_catalog.generate_series(returns.period_start(returns.period_of(first_day))::timestamp, last_day::timestamp, interval '3 months') g (day);
END;
COMMENT ON FUNCTION returns.quarters(date, date) IS 'the quarters that begin until a day, from that in which another day lies';
