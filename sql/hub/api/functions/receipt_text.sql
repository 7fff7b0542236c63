-- A receipt as plain text, and as a CSV file for spreadsheets.

CREATE OR REPLACE FUNCTION api.receipt_text(data jsonb) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	WITH shown AS (
		SELECT r.*, least(max(length(r.title)) OVER (), 44) AS width FROM api.receipt_rows(data) r
	), finding AS (
		SELECT s.place AS part, s.heading, f.*
		FROM (VALUES (1, 'error', 'ERRORS: please correct them'), (2, 'query', 'QUESTIONS'), (4, 'note', 'NOTES: nothing to do')) s (place, severity, heading)
		CROSS JOIN LATERAL api.receipt_grouped(data, s.severity) f
	), part AS (
		SELECT f.part, f.heading, string_agg('- ' || api.wrapped(f.rule || coalesce(', ' || f.title, '') || coalesce(', ' || f.lines, '') || ': ' || f.message
				|| coalesce(' Seen: ' || f.seen || '.', '') || coalesce(' Expected: ' || f.expected || '.', ''), 2)
			|| coalesce(E'\n  ' || api.wrapped('What to do: ' || f.suggestion, 2), '') || coalesce(E'\n  ' || api.wrapped(f.reply, 2), ''), E'\n' ORDER BY f.place) AS body
		FROM finding f GROUP BY f.part, f.heading
		UNION ALL
		SELECT 3, 'WHAT WE UNDERSTOOD' || CASE WHEN data -> 'before' <> 'null' THEN ' (and in ' || (data #>> '{before,period}') || ')' ELSE '' END,
			string_agg(s.body, E'\n' ORDER BY s.place)
		FROM (SELECT min(r.place) AS place, CASE WHEN r.section <> '' THEN api.wrapped(r.section, 0) || E'\n' ELSE '' END
				|| string_agg('  ' || CASE WHEN length(r.title) > r.width THEN api.wrapped(r.title, 2) || E'\n  ' || repeat(' ', r.width) ELSE rpad(r.title, r.width) END
					|| '  ' || lpad(coalesce(r.words, 'blank'), 10)
					|| CASE WHEN data -> 'before' <> 'null' THEN '  (' || coalesce(r.before, 'blank') || ')' ELSE '' END, E'\n' ORDER BY r.place) AS body
			FROM shown r GROUP BY r.section) s
		HAVING count(*) > 0
		UNION ALL
		SELECT l.place, l.heading, string_agg(api.wrapped(t.line, 0), E'\n' ORDER BY t.place)
		FROM (VALUES (5, 'BESIDE THE RETURN BEFORE', data -> 'compared'), (6, 'WHAT HAPPENS NEXT', data -> 'next'),
			(7, 'WHO WILL USE THE FIGURES, AND WHAT IS KEPT', CASE jsonb_typeof(data -> 'use') WHEN 'array' THEN data -> 'use' ELSE '[]' END || (data -> 'kept'))) l (place, heading, list)
		CROSS JOIN LATERAL jsonb_array_elements_text(l.list) WITH ORDINALITY t (line, place)
		GROUP BY l.place, l.heading
	)
	SELECT api.wrapped(data ->> 'partnership', 0) || E'\nRECEIPT FOR YOUR RETURN\n' || api.wrapped(api.receipt_marking(data), 0) || E'\n\n'
		|| api.wrapped(data ->> 'verdict', 0) || E'\n\n'
		|| (SELECT string_agg(rpad(f.name || ':', 21) || api.wrapped(f.value, 21), E'\n' ORDER BY f.place) FROM api.receipt_facts(data) f)
		|| (SELECT string_agg(E'\n\n' || p.heading || E'\n' || p.body, '' ORDER BY p.part) FROM part p) || E'\n'
$$;
COMMENT ON FUNCTION api.receipt_text(jsonb) IS 'a receipt as plain text in lines of at most 78 characters';

-- One table, so that every row has the same columns: what it is about, where, what it says.
CREATE OR REPLACE FUNCTION api.receipt_csv(data jsonb) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	WITH shown AS (
		SELECT 1 AS part, 0::bigint AS place, 'verdict' AS kind, data ->> 'state' AS name, NULL AS field, NULL AS line, data ->> 'verdict' AS says, NULL AS before,
			NULL AS what_to_do, NULL AS reply
		UNION ALL
		SELECT 1, 1, 'marking', NULL, NULL, NULL, api.receipt_marking(data), NULL, NULL, NULL
		UNION ALL
		SELECT 2, f.place, 'about', f.name, NULL, NULL, f.value, NULL, NULL, NULL FROM api.receipt_facts(data) f
		UNION ALL
		SELECT 3, f.place, CASE f.d ->> 'severity' WHEN 'query' THEN 'question' ELSE f.d ->> 'severity' END, f.d ->> 'rule',
			coalesce(f.d ->> 'title', f.d ->> 'field'), f.d ->> 'line',
			(f.d ->> 'message') || CASE WHEN strpos(f.d ->> 'message', f.d ->> 'observed') = 0 THEN ' Seen: ' || (f.d ->> 'observed') || '.' ELSE '' END,
			NULL, f.d ->> 'suggestion',
			CASE f.d #>> '{reply,kind}' WHEN 'explained' THEN 'answered: ' WHEN 'waived' THEN 'accepted as it is by the hub: ' END || (f.d #>> '{reply,words}')
		FROM jsonb_array_elements(data -> 'findings') WITH ORDINALITY f (d, place)
		UNION ALL
		SELECT 4, u.place, 'understood', u.d ->> 'field', intake.titled(u.d ->> 'section', u.d ->> 'title'), NULL, coalesce(u.d ->> 'words', 'blank'), u.d ->> 'before', NULL, NULL
		FROM jsonb_array_elements(data -> 'understood') WITH ORDINALITY u (d, place)
		UNION ALL
		SELECT 4 + l.part, t.place, l.kind, NULL, NULL, NULL, t.line, NULL, NULL, NULL
		FROM (VALUES (1, 'compared', data -> 'compared'), (2, 'next', data -> 'next'),
			(3, 'use', CASE jsonb_typeof(data -> 'use') WHEN 'array' THEN data -> 'use' END), (4, 'kept', data -> 'kept')) l (part, kind, list)
		CROSS JOIN LATERAL jsonb_array_elements_text(l.list) WITH ORDINALITY t (line, place)
	)
	-- The mark at the front tells spreadsheets that it is UTF-8.
	SELECT U&'\FEFF' || E'kind,name,field,line,says,before,what_to_do,reply\r\n'
		|| string_agg(concat_ws(',', api.csv_cell(r.kind), api.csv_cell(r.name), api.csv_cell(r.field), api.csv_cell(r.line), api.csv_cell(r.says),
			api.csv_cell(r.before), api.csv_cell(r.what_to_do), api.csv_cell(r.reply)), E'\r\n' ORDER BY r.part, r.place) || E'\r\n'
	FROM shown r
$$;
COMMENT ON FUNCTION api.receipt_csv(jsonb) IS 'a receipt as a CSV file that no spreadsheet takes for formulas';
