-- Texts as they stand in a page, in plain text and in a spreadsheet.

-- What XML and HTML allow nowhere (control characters, and two that are no characters) is left out.
CREATE OR REPLACE FUNCTION api.html_text(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
	pg_catalog.regexp_replace(value, E'[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\ufffe\\uffff]', '', 'g'),
	'&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;');
COMMENT ON FUNCTION api.html_text(text) IS 'a text as it stands in HTML, between tags or in a quoted attribute';

-- Spreadsheets take a cell that begins with = + - @ for a formula, also behind blanks or in wide characters.
CREATE OR REPLACE FUNCTION api.csv_cell(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT CASE WHEN value IS NULL THEN '' ELSE '"' || CASE WHEN c.said ~ E'^([\\s\\u00a0\\ufeff\\u200b]*[-=+@|\\uff1d\\uff0b\\uff0d\\uff20\\u2212]|[\\t\\r\\n])' THEN '''' ELSE '' END
		|| replace(c.said, '"', '""') || '"' END
	FROM (SELECT regexp_replace(value, E'[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]', '', 'g')) c (said)
$$;
COMMENT ON FUNCTION api.csv_cell(text) IS 'a text as a cell of a CSV file, which no spreadsheet takes for a formula';

-- Lines of at most 78 characters, broken at blanks; those after the first are indented.
CREATE OR REPLACE FUNCTION api.wrapped(value text, indent int) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.rtrim(pg_catalog.regexp_replace(
	pg_catalog.btrim(pg_catalog.regexp_replace(value, E'[\\s\\u0001-\\u001f\\u007f-\\u009f]+', ' ', 'g')),
	'(.{1,' || 78 - indent || '})(?: +|$)', E'\\1\n' || pg_catalog.repeat(' ', indent), 'g'), E'\n ');
COMMENT ON FUNCTION api.wrapped(text, int) IS 'a text in lines of at most 78 characters, with control characters left out';

CREATE OR REPLACE FUNCTION api.bounds_words(people int4range) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN pg_catalog.isempty(people) THEN 'contradictory'
	WHEN pg_catalog.upper_inf(people) THEN CASE WHEN pg_catalog.lower(people) = 0 THEN 'any number' ELSE pg_catalog.lower(people) || ' or more' END
	WHEN pg_catalog.upper(people) = pg_catalog.lower(people) + 1 THEN pg_catalog.lower(people)::text
	ELSE pg_catalog.lower(people) || ' to ' || pg_catalog.upper(people) - 1 END;
COMMENT ON FUNCTION api.bounds_words(int4range) IS 'bounds of a number of people in words: 12, 21 to 39, 1 or more, any number';
