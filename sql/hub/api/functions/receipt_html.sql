-- A receipt as a page: one file with no script and nothing from outside, that is well-formed XML as well. Every text
-- goes through api.html_text.

-- Findings for reading: those that say the same of several boxes or lines are one.
CREATE OR REPLACE FUNCTION api.receipt_grouped(data jsonb, severity text)
RETURNS TABLE (place bigint, rule text, title text, lines text, message text, suggestion text, seen text, expected text, reply text)
LANGUAGE sql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
	SELECT min(g.place), g.rule, api.some_of(array_agg(g.title ORDER BY g.place), 3),
		CASE count(g.line) WHEN 0 THEN NULL WHEN 1 THEN 'line ' ELSE 'lines ' END || api.some_of(array_agg(g.line ORDER BY g.line::int), 10),
		g.message, g.suggestion, g.seen, g.expected, g.reply
	FROM (SELECT f.place, f.d ->> 'rule' AS rule, f.d ->> 'title' AS title, f.d ->> 'line' AS line, f.d ->> 'message' AS message,
			CASE WHEN f.d -> 'reply' = 'null' THEN f.d ->> 'suggestion' END AS suggestion,
			CASE WHEN strpos(f.d ->> 'message', f.d ->> 'observed') = 0 THEN f.d ->> 'observed' END AS seen,
			CASE WHEN strpos(concat_ws(' ', f.d ->> 'message', f.d ->> 'suggestion'), f.d ->> 'expected') = 0 THEN f.d ->> 'expected' END AS expected,
			CASE f.d #>> '{reply,kind}' WHEN 'explained' THEN 'Answered' WHEN 'waived' THEN 'Accepted as it is by the hub' END
				|| ' on ' || to_char((f.d #>> '{reply,at}')::timestamptz AT TIME ZONE 'Europe/London', 'FMDD FMMonth YYYY')
				|| ': ' || (f.d #>> '{reply,words}') AS reply
		FROM jsonb_array_elements(data -> 'findings') WITH ORDINALITY f (d, place)
		WHERE f.d ->> 'severity' = receipt_grouped.severity) g
	GROUP BY g.rule, g.message, g.suggestion, g.seen, g.expected, g.reply
	ORDER BY 1
$$;
COMMENT ON FUNCTION api.receipt_grouped(jsonb, text) IS 'findings of one severity, for reading';

CREATE OR REPLACE FUNCTION api.some_of(list text[], most int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT string_agg(l.item, ', ' ORDER BY l.place) FILTER (WHERE l.place <= most)
		|| CASE WHEN count(*) > most THEN ' and ' || count(*) - most || ' more' ELSE '' END
	FROM (SELECT u.item, row_number() OVER (ORDER BY min(u.place)) AS place
		FROM unnest(list) WITH ORDINALITY u (item, place) WHERE u.item IS NOT NULL GROUP BY u.item) l
$$;
COMMENT ON FUNCTION api.some_of(text[], int) IS 'the first of a list, and how many more there are';

-- The table of what was understood. Of many places the first twelve are shown, and what the others add up to.
CREATE OR REPLACE FUNCTION api.receipt_rows(data jsonb)
RETURNS TABLE (place numeric, section text, title text, words text, before text)
LANGUAGE sql STABLE ROWS 20
SET search_path FROM CURRENT
AS $$
	WITH item AS (
		SELECT u.place, u.d, count(u.d ->> 'area') OVER (ORDER BY u.place) AS areas_before
		FROM jsonb_array_elements(data -> 'understood') WITH ORDINALITY u (d, place)
	)
	SELECT i.place, coalesce(i.d ->> 'section', ''), i.d ->> 'title', i.d ->> 'words', i.d ->> 'before'
	FROM item i WHERE i.d ->> 'area' IS NULL OR i.areas_before <= 12
	UNION ALL
	SELECT max(i.place), max(i.d ->> 'section'), count(*) || ' more ' || CASE count(*) WHEN 1 THEN 'area' ELSE 'areas' END,
		api.bounds_words(int4range(sum((i.d ->> 'lower')::int)::int, CASE WHEN count(*) FILTER (WHERE i.d ->> 'words' IS NOT NULL AND i.d ->> 'upper' IS NULL) = 0
			THEN (sum((i.d ->> 'upper')::int) + 1)::int END)), NULL
	FROM item i WHERE i.d ->> 'area' IS NOT NULL AND i.areas_before > 12 HAVING count(*) > 0
	ORDER BY 1
$$;
COMMENT ON FUNCTION api.receipt_rows(jsonb) IS 'what was understood, for reading';

CREATE OR REPLACE FUNCTION api.receipt_style() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$ SELECT $css$
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #4a4a4a; --rule: #8a8a8a; --error: #9b1115; --query: #7a4d00; --note: #2f5168 }
@media (prefers-color-scheme: dark) {
	:root { --ink: #ececec; --paper: #14171a; --soft: #c0c0c0; --rule: #8c8c8c; --error: #ff9a94; --query: #f5c469; --note: #a3cbe3 }
}
body { margin: 0 auto; padding: 1em; max-width: 60em; background: var(--paper); color: var(--ink); font: 1em/1.4 system-ui, sans-serif }
h1 { font-size: 1.4em; margin: 0 }
h2 { font-size: 1.1em; margin: 1.2em 0 .3em; border-bottom: 1px solid var(--rule) }
p, ul, ol, dl { margin: .3em 0 }
.from, .soft { color: var(--soft) }
.mark { border: 2px solid var(--ink); padding: .2em .6em; font-weight: bold }
.verdict { font-size: 1.15em; font-weight: bold }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0 1em }
.facts dt { color: var(--soft) }
.facts dd { margin: 0; overflow-wrap: anywhere }
.findings { list-style: none; padding: 0 }
.findings li { border-left: .3em solid var(--rule); padding-left: .7em; margin: .5em 0; break-inside: avoid; overflow-wrap: anywhere }
.findings p { margin: .1em 0 }
.error { border-color: var(--error) !important }
.query { border-color: var(--query) !important }
.note { border-color: var(--note) !important }
.understood { columns: 2; column-gap: 2em }
table { width: 100%; border-collapse: collapse; break-inside: avoid; margin: 0 0 .7em; font-size: .93em }
caption { text-align: left; font-weight: bold; padding-top: .2em }
th, td { padding: .1em .4em; border-bottom: 1px solid var(--rule); vertical-align: top; font-weight: normal; overflow-wrap: anywhere }
thead th { color: var(--soft) }
th { text-align: left }
td, th + th { text-align: right }
thead th:first-child { width: 55% }
@media (max-width: 40em) { .understood { columns: 1 } .facts { grid-template-columns: 1fr } }
@page { size: A4; margin: 12mm }
@media print {
	:root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #333; --rule: #777; --error: #000; --query: #000; --note: #000 }
	body { font-size: 8.5pt; line-height: 1.2; padding: 0; max-width: none }
	h2 { break-after: avoid; margin-top: .8em }
	table { break-inside: auto; margin-bottom: .5em }
	tr, caption, thead { break-inside: avoid; break-after: avoid-column }
	tbody tr { break-after: auto }
}
$css$::text $$;
COMMENT ON FUNCTION api.receipt_style() IS 'the style sheet of a receipt''s page';

CREATE OR REPLACE FUNCTION api.receipt_list(data jsonb, severity text, heading text) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT E'<section>\n<h2>' || api.html_text(heading) || E'</h2>\n<ul class="findings">\n'
		|| string_agg('<li class="' || severity || '"><p><strong>'
			|| CASE severity WHEN 'error' THEN 'Error ' WHEN 'query' THEN 'Question ' ELSE 'Note ' END || api.html_text(f.rule) || '</strong>'
			|| coalesce(', <strong>' || api.html_text(f.title) || '</strong>', '') || coalesce(', ' || f.lines, '') || ': ' || api.html_text(f.message)
			|| coalesce(' Seen: ' || api.html_text(f.seen) || '.', '') || coalesce(' Expected: ' || api.html_text(f.expected) || '.', '') || '</p>'
			|| coalesce('<p>What to do: ' || api.html_text(f.suggestion) || '</p>', '')
			|| coalesce('<p>' || api.html_text(f.reply) || '</p>', '') || '</li>', E'\n' ORDER BY f.place)
		|| E'\n</ul>\n</section>\n'
	FROM api.receipt_grouped(data, severity) f
	HAVING count(*) > 0
$$;
COMMENT ON FUNCTION api.receipt_list(jsonb, text, text) IS 'a list of findings in HTML; NULL if there are none';

CREATE OR REPLACE FUNCTION api.receipt_paragraphs(list jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$ SELECT string_agg('<p>' || api.html_text(p.line) || '</p>', E'\n' ORDER BY p.place) FROM jsonb_array_elements_text(list) WITH ORDINALITY p (line, place) $$;
COMMENT ON FUNCTION api.receipt_paragraphs(jsonb) IS 'a list of texts as paragraphs of HTML';

-- What a receipt says at its head, in order.
CREATE OR REPLACE FUNCTION api.receipt_facts(data jsonb)
RETURNS TABLE (place int, name text, value text)
LANGUAGE sql STABLE ROWS 10
SET search_path FROM CURRENT
AS $$
	SELECT f.place, f.name, f.value
	FROM (VALUES
		(1, 'Submission', (data ->> 'submission')),
		(2, 'Programme', (data ->> 'programme') || coalesce(', of ' || (data ->> 'organisation'), '')),
		(3, 'Quarter', (data ->> 'period') || ', ' || (data ->> 'dates')),
		(4, 'Form', data ->> 'form_title'),
		(5, 'File', (data ->> 'file') || ', ' || (data ->> 'size') || ' bytes'),
		(6, 'Received', data ->> 'received'),
		(7, 'Whom you counted', CASE WHEN data ->> 'people' IS NOT NULL THEN coalesce(data ->> 'basis_words', 'not said') END),
		(8, 'Different people', data #>> '{people,words}'),
		(9, 'Answered in words', (SELECT string_agg(n.title, '; ' ORDER BY n.place)
			FROM jsonb_array_elements_text(CASE jsonb_typeof(data -> 'narrative') WHEN 'array' THEN data -> 'narrative' END) WITH ORDINALITY n (title, place))),
		(10, 'SHA-256 of the file', data ->> 'sha256')) f (place, name, value)
	WHERE f.value IS NOT NULL
$$;
COMMENT ON FUNCTION api.receipt_facts(jsonb) IS 'the facts at the head of a receipt';

CREATE OR REPLACE FUNCTION api.receipt_marking(data jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path FROM CURRENT
AS $$ SELECT CASE WHEN (data ->> 'made_up')::boolean THEN 'MADE UP, for a demonstration: nobody is counted here. ' ELSE '' END || 'Not for publication: for you and the hub only.' $$;
COMMENT ON FUNCTION api.receipt_marking(jsonb) IS 'the marking of a receipt';

CREATE OR REPLACE FUNCTION api.receipt_html(data jsonb) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	WITH part AS (
		SELECT r.section, min(r.place) AS place, string_agg('<tr><th scope="row">' || api.html_text(r.title) || '</th><td>'
			|| coalesce(api.html_text(r.words), 'blank') || '</td>'
			|| CASE WHEN data -> 'before' <> 'null' THEN '<td>' || coalesce(api.html_text(r.before), 'blank') || '</td>' ELSE '' END || '</tr>', E'\n' ORDER BY r.place) AS rows
		FROM api.receipt_rows(data) r
		GROUP BY r.section
	)
	SELECT E'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8"/>\n<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
		|| E'<meta name="referrer" content="no-referrer"/>\n<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-'
		|| encode(sha256(convert_to(api.receipt_style(), 'UTF8')), 'base64') || E'&#39;"/>\n<title>'
		|| api.html_text('Receipt ' || (data ->> 'submission') || coalesce(': ' || (data ->> 'programme') || coalesce(', ' || (data ->> 'period'), ''), ''))
		|| E'</title>\n<style>' || api.receipt_style() || E'</style>\n</head>\n<body>\n<header>\n<p class="from">' || api.html_text(data ->> 'partnership')
		|| E'</p>\n<h1>Receipt for your return</h1>\n<p class="mark">' || api.html_text(api.receipt_marking(data)) || E'</p>\n</header>\n<main>\n<p class="verdict">'
		|| api.html_text(data ->> 'verdict') || E'</p>\n<dl class="facts">\n'
		|| (SELECT string_agg('<dt>' || api.html_text(f.name) || '</dt><dd>' || api.html_text(f.value) || '</dd>', E'\n' ORDER BY f.place) FROM api.receipt_facts(data) f)
		|| E'\n</dl>\n'
		|| coalesce(api.receipt_list(data, 'error', 'Errors: please correct them'), '')
		|| coalesce(api.receipt_list(data, 'query', 'Questions'), '')
		|| coalesce((SELECT E'<section>\n<h2>What we understood</h2>\n<div class="understood">\n'
			|| string_agg('<table>' || CASE WHEN p.section <> '' THEN '<caption>' || api.html_text(p.section) || '</caption>' ELSE '<caption>The return as a whole</caption>' END
				|| '<thead><tr><th scope="col">Answer</th><th scope="col">This return</th>'
				|| CASE WHEN data -> 'before' <> 'null' THEN '<th scope="col">' || api.html_text(data #>> '{before,period}') || '</th>' ELSE '' END
				|| E'</tr></thead>\n<tbody>' || p.rows || E'</tbody></table>', E'\n' ORDER BY p.place)
			|| E'\n</div>\n<p class="soft">"21 to 39" means that your answers allow any number between the two. '
				|| CASE WHEN data -> 'before' <> 'null' THEN 'A box that is not listed was blank in both, or not asked.' ELSE 'A box that is not listed was blank.' END || E'</p>\n</section>\n'
			FROM part p HAVING count(*) > 0), '')
		|| coalesce(E'<section>\n<h2>Beside the return before</h2>\n' || api.receipt_paragraphs(data -> 'compared') || E'\n</section>\n', '')
		|| coalesce(api.receipt_list(data, 'note', 'Notes: nothing to do'), '')
		|| coalesce(E'<section>\n<h2>What happens next</h2>\n' || api.receipt_paragraphs(data -> 'next') || E'\n</section>\n', '')
		|| E'<section>\n<h2>Who will use the figures, and what is kept</h2>\n'
		|| coalesce(api.receipt_paragraphs(CASE jsonb_typeof(data -> 'use') WHEN 'array' THEN data -> 'use' END) || E'\n', '') || api.receipt_paragraphs(data -> 'kept')
		|| E'\n</section>\n</main>\n</body>\n</html>\n'
$$;
COMMENT ON FUNCTION api.receipt_html(jsonb) IS 'a receipt as a page to read, print or keep';
