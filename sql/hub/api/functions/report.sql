-- What the commands print. Each answer is a set of lines or of rows of text, in order.

CREATE OR REPLACE FUNCTION api.demand_period(level text, period text, undisclosed boolean) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
DECLARE
	wanted text := coalesce(period, (SELECT max(s.period) FROM intake.submission s WHERE s.state = 'accepted'),
		(SELECT max(p.period) FROM analysis.period p));
	published boolean;
BEGIN
	IF level IS NULL OR level NOT IN ('lsoa', 'ward') THEN
		RAISE EXCEPTION 'level "%" is neither lsoa nor ward', level USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF wanted IS NULL THEN
		RAISE EXCEPTION 'there is no quarter to report on' USING ERRCODE = 'no_data_found',
			HINT = 'Load a return or a month of crime first.';
	END IF;
	IF wanted !~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN
		RAISE EXCEPTION '"%" is not a quarter', wanted
			USING ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-Q2, which is 1 July to 30 September 2025.';
	END IF;
	IF NOT undisclosed THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM publish.%I t WHERE t.period = $1)', 'demand_' || level)
			INTO published USING wanted;
		IF NOT published THEN
			RAISE EXCEPTION 'the demand table of % (%) has not been made', wanted, returns.period_words(wanted)
				USING ERRCODE = 'no_data_found',
					DETAIL = coalesce('Made are: ' || (SELECT string_agg(DISTINCT t.period, ', ' ORDER BY t.period)
						FROM (SELECT l.period FROM publish.demand_lsoa l WHERE level = 'lsoa'
							UNION SELECT w.period FROM publish.demand_ward w WHERE level = 'ward') t) || '.', 'None is made yet.'),
					HINT = 'Run wardstar-hub publish, or use --undisclosed for the figures as they are.';
		END IF;
	END IF;
	RETURN wanted;
END
$$;
COMMENT ON FUNCTION api.demand_period(text, text, boolean) IS 'the quarter that a demand report is about: the one given or the newest, if there is a table of it';

CREATE OR REPLACE FUNCTION api.demand_title(level text, period text, undisclosed boolean)
RETURNS TABLE (line text)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path FROM CURRENT
SET jit = off
AS $$
DECLARE
	wanted text := api.demand_period(level, period, undisclosed);
	is_ward boolean := level = 'ward';
	chosen analysis.chosen;
	returned record;
BEGIN
	SELECT c.* INTO chosen FROM analysis.chosen c;
	SELECT r.* INTO returned FROM analysis.returns_in(wanted) r;
	RETURN QUERY VALUES
		('Demand by ' || CASE WHEN is_ward THEN 'ward' ELSE 'LSOA' END || ', ' || wanted || ': ' || returns.period_words(wanted)),
		('NOT FOR PUBLICATION' || CASE WHEN undisclosed THEN ': undisclosed figures'
			ELSE ': counts of 1 to 4 people are withheld [c], which subtraction can undo' END
			|| CASE WHEN returned.made_up THEN '. Some returns are MADE UP' ELSE '' END),
		(coalesce(CASE WHEN is_ward THEN chosen.ward_edition ELSE chosen.lsoa_edition END, 'no areas loaded')
			|| '; population: ' || coalesce(chosen.population_edition, 'not loaded')
			|| '; deprivation: ' || coalesce('Indices of Deprivation ' || chosen.deprivation_edition, 'not loaded')
			|| '; crime: ' || coalesce(analysis.crime_months(wanted), 'not loaded')),
		(returned.received || ' of ' || returned.expected || ' returns are in'
			|| CASE WHEN returned.received < returned.expected THEN ': people reached by the others are in no figure' ELSE '' END);
END
$$;
COMMENT ON FUNCTION api.demand_title(text, text, boolean) IS 'the lines above a demand report';

-- Most violent crime for its residents first: open figures, so that the order gives nothing away.
CREATE OR REPLACE FUNCTION api.demand_table(level text, period text, undisclosed boolean, top int)
RETURNS TABLE (area text, name text, district text, residents text, deprivation text, violent_crimes text,
	per_1000_residents text, people_reached text, reached_per_1000_residents text)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path FROM CURRENT
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	wanted text := api.demand_period(level, period, undisclosed);
BEGIN
	RETURN QUERY EXECUTE format($query$
		SELECT t.area::text, t.name, t.district_name, coalesce(t.population::text, t.population_status), %s,
			coalesce(round(t.violent_crimes::numeric, 1)::float8::text, %s),
			coalesce(analysis.rate_text(t.violent_rate, t.violent_rate_lower, t.violent_rate_upper), t.%s),
			%s, %s
		FROM %s t
		WHERE t.period = $1
		ORDER BY t.violent_rate DESC NULLS LAST, t.area
		LIMIT $2
		$query$,
		CASE level WHEN 'ward' THEN
			$e$coalesce('score ' || round(t.deprivation_score::numeric, 1), $e$
			|| CASE WHEN undisclosed THEN 't.deprivation_status' ELSE 't.deprivation_score_status' END
			|| $e$) || coalesce(', ' || round(100 * t.deprivation_most_deprived_share)::text || '% of LSOAs in decile 1', '')$e$
			ELSE 'coalesce(''decile '' || t.deprivation_decile, '
			|| CASE WHEN undisclosed THEN 't.deprivation_status' ELSE 't.deprivation_decile_status' END || ')' END,
		CASE WHEN undisclosed THEN 't.crime_status' ELSE 't.violent_crimes_status' END,
		CASE WHEN undisclosed THEN 'crime_rate_status' ELSE 'violent_rate_status' END,
		CASE WHEN undisclosed THEN 'analysis.bounds_text(t.reached_lower, t.reached_status, t.reached_upper, t.reached_status)'
			ELSE 'analysis.bounds_text(t.reached_lower, t.reached_lower_status, t.reached_upper, t.reached_upper_status)' END,
		CASE WHEN undisclosed THEN 'analysis.reached_rate_text(t.reached_rate_lower, t.reached_rate_lower_limit, t.reached_rate_status, t.reached_rate_upper, t.reached_rate_upper_limit, t.reached_rate_status)'
			ELSE 'analysis.reached_rate_text(t.reached_rate_lower, t.reached_rate_lower_limit, t.reached_rate_lower_status, t.reached_rate_upper, t.reached_rate_upper_limit, t.reached_rate_upper_status)' END,
		CASE WHEN undisclosed THEN 'analysis.demand_' ELSE 'publish.demand_' END || level)
	USING wanted, top;
END
$$;
COMMENT ON FUNCTION api.demand_table(text, text, boolean, int) IS 'a demand report for reading: the areas with most violent crime for their residents first';

CREATE OR REPLACE FUNCTION analysis.rate_text(rate float8, low float8, high float8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(rate::numeric, 1)::text || ' (' || round(low::numeric, 1)::text || ' to ' || round(high::numeric, 1)::text || ')';
COMMENT ON FUNCTION analysis.rate_text(float8, float8, float8) IS 'a rate and its limits in words; NULL where there is none';

CREATE OR REPLACE FUNCTION analysis.bounds_text(fewest int, fewest_status text, most int, most_status text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN fewest IS NULL THEN CASE fewest_status WHEN 'suppressed' THEN '[c]' ELSE fewest_status END
	WHEN fewest = most THEN fewest::text
	ELSE fewest::text || CASE WHEN most IS NOT NULL THEN ' to ' || most::text
		WHEN most_status = 'suppressed' THEN ' to [c]' ELSE ' or more' END END;
COMMENT ON FUNCTION analysis.bounds_text(int, text, int, text) IS 'bounds of people in words';

CREATE OR REPLACE FUNCTION analysis.reached_rate_text(fewest float8, low float8, fewest_status text,
	most float8, high float8, most_status text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN fewest IS NULL THEN CASE fewest_status WHEN 'suppressed' THEN '[c]' ELSE fewest_status END
	ELSE round(fewest::numeric, 1)::text
		|| CASE WHEN most IS NULL AND most_status = 'suppressed' THEN ' to [c]' WHEN most IS NULL THEN ' or more'
			WHEN most > fewest THEN ' to ' || round(most::numeric, 1)::text ELSE '' END
		|| ' (' || round(low::numeric, 1)::text || ' to '
		|| CASE WHEN high IS NOT NULL THEN round(high::numeric, 1)::text WHEN most_status = 'suppressed' THEN '[c]' ELSE '…' END
		|| ')' END;
COMMENT ON FUNCTION analysis.reached_rate_text(float8, float8, text, float8, float8, text) IS 'bounds of a rate, and the limits round both, in words';

CREATE OR REPLACE FUNCTION api.csv_line(cells text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT string_agg(CASE WHEN c.cell ~ '[",\r\n]' THEN '"' || replace(c.cell, '"', '""') || '"' ELSE coalesce(c.cell, '') END,
		',' ORDER BY c.place)
	FROM unnest(cells) WITH ORDINALITY c (cell, place)
$$;
COMMENT ON FUNCTION api.csv_line(text[]) IS 'one line of CSV (RFC 4180, without the line end)';

-- Every column of the table or view but the geometry; GeoJSON (RFC 7946) has that too, in degrees.
CREATE OR REPLACE FUNCTION api.demand_lines(level text, period text, undisclosed boolean, top int, format text)
RETURNS TABLE (line text)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path FROM CURRENT
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	wanted text := api.demand_period(level, period, undisclosed);
	relation regclass := pg_catalog.format('%I.%I', CASE WHEN undisclosed THEN 'analysis' ELSE 'publish' END,
		'demand_' || level);
	source text := CASE WHEN undisclosed THEN '''not for publication'' AS not_for_publication, ' ELSE '' END
		|| (SELECT string_agg(pg_catalog.format('t.%I', a.attname), ', ' ORDER BY a.attnum)
			FROM pg_attribute a
			WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'geom');
	title text[] := ARRAY(SELECT t.line FROM api.demand_title(level, period, undisclosed) t);
BEGIN
	IF format = 'csv' THEN
		RETURN QUERY EXECUTE pg_catalog.format($query$
			WITH picked AS MATERIALIZED (
				SELECT row_number() OVER (ORDER BY r.violent_rate DESC NULLS LAST, r.area) AS place, to_json(r) AS cells
				FROM (SELECT %s FROM %s t WHERE t.period = $1) r
				ORDER BY place
				LIMIT $2
			)
			SELECT line FROM (
				SELECT 0 AS place, (SELECT api.csv_line(array_agg(e.key ORDER BY e.place))
					FROM json_each_text(p.cells) WITH ORDINALITY e (key, value, place)) AS line
				FROM picked p WHERE p.place = 1
				UNION ALL
				SELECT p.place, (SELECT api.csv_line(array_agg(e.value ORDER BY e.place))
					FROM json_each_text(p.cells) WITH ORDINALITY e (key, value, place))
				FROM picked p
			) l
			ORDER BY place
			$query$, source, relation) USING wanted, top;
	ELSIF format IN ('json', 'geojson') THEN
		RETURN QUERY SELECT CASE format WHEN 'geojson' THEN '{"type": "FeatureCollection", ' ELSE '{' END
			|| '"title": ' || to_json(title[1]) || ', "not_for_publication": true, "notes": ' || to_json(title[2:])
			|| ', "period": ' || to_json(wanted) || ', "dates": ' || to_json(returns.period_words(wanted))
			|| CASE format WHEN 'geojson' THEN ', "features": [' ELSE ', "rows": [' END;
		RETURN QUERY EXECUTE pg_catalog.format($query$
			SELECT CASE WHEN p.place > 1 THEN ',' ELSE '' END || CASE $3 WHEN 'geojson' THEN
				json_build_object('type', 'Feature', 'id', p.area,
					'geometry', ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Transform(p.geom, 4326)), 6)::json,
					'properties', p.cells)::text
				ELSE p.cells::text END
			FROM (SELECT row_number() OVER (ORDER BY t.violent_rate DESC NULLS LAST, t.area) AS place, t.area, t.geom,
					(SELECT to_json(r) FROM (SELECT %s) r) AS cells
				FROM %s t
				WHERE t.period = $1
				ORDER BY place
				LIMIT $2) p
			ORDER BY p.place
			$query$, source, relation) USING wanted, top, format;
		RETURN QUERY VALUES (']}');
	ELSE
		RAISE EXCEPTION 'format "%" is none of csv, json and geojson', format USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION api.demand_lines(text, text, boolean, int, text) IS 'a demand report as lines of CSV, JSON or GeoJSON';
