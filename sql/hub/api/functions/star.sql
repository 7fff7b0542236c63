-- The report on a programme's stars: first reading against last, over all quarters.

CREATE OR REPLACE FUNCTION api.star_distance(programme text)
RETURNS TABLE (instrument text, clients bigint, paired bigint, mean_days float8, distance star_distance)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM returns.programme p WHERE p.programme = star_distance.programme) THEN
		RAISE EXCEPTION 'there is no programme "%"', star_distance.programme USING ERRCODE = 'no_data_found',
			HINT = 'wardstar-hub programme list shows them.';
	END IF;
	RETURN QUERY SELECT d.instrument, sum(d.clients)::bigint, sum(d.paired)::bigint,
		sum(d.mean_days * d.paired) / nullif(sum(d.paired), 0)::float8, star_distance_merge(d.distance)
	FROM analysis.distance_travelled() d WHERE d.programme = star_distance.programme
	GROUP BY d.instrument ORDER BY 2 DESC, 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no reading of programme "%"', star_distance.programme USING ERRCODE = 'no_data_found',
			HINT = 'Load some with wardstar-hub load --as stars.';
	END IF;
END
$$;
COMMENT ON FUNCTION api.star_distance(text) IS 'distance travelled of a programme by instrument, that with most clients first';

CREATE OR REPLACE FUNCTION api.star_instrument_title(instrument text) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$ SELECT coalesce((SELECT i.title FROM star_instruments() i WHERE i.name = instrument), instrument) $$;
COMMENT ON FUNCTION api.star_instrument_title(text) IS 'an instrument as people call it';

CREATE OR REPLACE FUNCTION api.star_title(programme text)
RETURNS TABLE (line text)
LANGUAGE sql STABLE ROWS 1
SET search_path FROM CURRENT
AS $$
	SELECT 'Outcome stars of ' || p.programme || CASE WHEN p.made_up THEN ' (MADE UP)' ELSE '' END FROM returns.programme p WHERE p.programme = star_title.programme
	UNION ALL
	SELECT 'NOT FOR PUBLICATION: undisclosed figures'
	UNION ALL
	SELECT format('Referrals: %s, of which %s', count(*), (SELECT string_agg(o.n || ' ' || o.outcome, ', ' ORDER BY o.n DESC, o.outcome)
			FROM (SELECT e.outcome, count(*) AS n FROM casework.latest_engagement e WHERE e.programme = star_title.programme GROUP BY e.outcome) o))
	FROM casework.latest_engagement e WHERE e.programme = star_title.programme HAVING count(*) > 0
	UNION ALL
	(SELECT format('%s: %s clients with a first reading, %s with a later one%s', api.star_instrument_title(d.instrument), d.clients, d.paired,
		coalesce(format(', on average %s days later', round(d.mean_days::numeric)), ''))
	FROM api.star_distance(star_title.programme) d)
	UNION ALL
	SELECT 'Reviews due every three months: ' || string_agg(r.n || ' ' || r.status, ', ' ORDER BY r.n DESC, r.status)
	FROM (SELECT d.status, count(*) AS n FROM analysis.review_due d WHERE d.programme = star_title.programme GROUP BY d.status) r
	HAVING count(*) > 0
$$;
COMMENT ON FUNCTION api.star_title(text) IS 'the lines above the report on stars';

CREATE OR REPLACE FUNCTION api.star_table(programme text)
RETURNS TABLE (instrument text, scale text, pairs text, unpaired text, baseline text, latest text, change text, "limits_95%" text,
	improved text, maintained text, declined text, at_ceiling text, p_wilcoxon text)
LANGUAGE sql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
	SELECT CASE WHEN count(*) OVER (PARTITION BY t.scale) > 1 OR t.scale LIKE 'scale %' THEN d.instrument ELSE '' END, t.scale, t.pairs::text, t.unpaired::text,
		to_char(t.baseline_mean, 'FM99990.00'), to_char(t.latest_mean, 'FM99990.00'), to_char(t.mean_change, 'FMSG99990.00'),
		to_char(t.lower, 'FMSG99990.00') || ' to ' || to_char(t.upper, 'FMSG99990.00'),
		t.improved || coalesce(' (' || round(100 * t.improved_share::numeric) || ' %)', ''), t.maintained::text, t.declined::text, t.at_ceiling::text,
		CASE WHEN t.p_wilcoxon < 0.001 THEN '<0.001' ELSE to_char(t.p_wilcoxon, 'FM0.000') END
	FROM api.star_distance(star_table.programme) WITH ORDINALITY d (instrument, clients, paired, mean_days, distance, place)
	CROSS JOIN LATERAL star_distance_table(d.distance) WITH ORDINALITY t
	ORDER BY d.place, t.ordinality
$$;
COMMENT ON FUNCTION api.star_table(text) IS 'the report on stars, a row a scale';

CREATE OR REPLACE FUNCTION api.star_picture(programme text) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT star_distance_svg(d.distance, p.programme || ', ' || api.star_instrument_title(d.instrument) || ': first and last reading'
		|| CASE WHEN p.made_up THEN ' (made up)' ELSE '' END)
	FROM api.star_distance(star_picture.programme) d, returns.programme p
	WHERE p.programme = star_picture.programme
	ORDER BY d.clients DESC, d.instrument LIMIT 1
$$;
COMMENT ON FUNCTION api.star_picture(text) IS 'the report''s picture in SVG, of the instrument with most clients';

CREATE OR REPLACE FUNCTION api.star_page(programme text) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	WITH title AS (
		SELECT t.line, t.place FROM api.star_title(star_page.programme) WITH ORDINALITY t (line, place)
	), cell AS (
		SELECT r.place, j.key, j.value, j.place AS at, CASE WHEN j.key IN ('instrument', 'scale') THEN ' class="text"' ELSE '' END AS class
		FROM (SELECT t.*, row_number() OVER () AS place FROM api.star_table(star_page.programme) t) r,
			LATERAL json_each_text(to_json(r)) WITH ORDINALITY j (key, value, place)
		WHERE j.key <> 'place'
	), shown AS (
		-- As on a terminal, a column that is empty throughout is left out: the instrument, where there is only one.
		SELECT c.* FROM cell c WHERE c.key IN (SELECT o.key FROM cell o WHERE o.value <> '')
	)
	SELECT '<!DOCTYPE html>' || E'\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>'
		|| (SELECT api.html_text(line) FROM title WHERE place = 1)
		|| E'</title><style>body{font-family:sans-serif;max-width:70em;margin:1em auto;padding:0 1em;color:#222;background:#fff}svg{max-width:100%;height:auto}.wide{overflow-x:auto}'
		|| E'table{border-collapse:collapse;font-size:.9em}td,th{border-bottom:1px solid #bbb;padding:.2em .35em;text-align:right}td{white-space:nowrap}.text{text-align:left;white-space:normal}</style></head>\n<body><h1>'
		|| (SELECT api.html_text(line) FROM title WHERE place = 1) || '</h1>'
		|| (SELECT string_agg('<p>' || api.html_text(line) || '</p>', E'\n' ORDER BY place) FROM title WHERE place > 1)
		|| E'\n' || api.star_picture(star_page.programme)
		|| E'<div class="wide" tabindex="0"><table><thead><tr>'
		|| (SELECT string_agg('<th scope="col"' || class || '>' || api.html_text(replace(key, '_', ' ')) || '</th>', '' ORDER BY at) FROM shown WHERE place = 1)
		|| E'</tr></thead>\n<tbody>' || (SELECT string_agg('<tr>' || cells || '</tr>', E'\n' ORDER BY place)
			FROM (SELECT place, string_agg('<td' || class || '>' || coalesce(api.html_text(value), '') || '</td>', '' ORDER BY at) AS cells FROM shown GROUP BY place) r)
		|| E'</tbody></table></div>\n<p>Pairs have a score in both readings. Limits are those of the mean change; improved is by one point or more for the better. docs/star.md explains every figure.</p></body></html>\n'
$$;
COMMENT ON FUNCTION api.star_page(text) IS 'the report on stars as a page: no script, nothing from outside';
