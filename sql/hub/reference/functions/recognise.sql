-- What a file is, told by its heading.

CREATE FUNCTION reference.heading_pattern()
RETURNS TABLE (kind text, ord integer, field text, tells boolean, needed boolean, official text, pattern text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $$
-- A pattern is matched against the heading in lower case, blanks trimmed. Its first group, if it has one, is
-- the year of the codes. Deprivation's are anchored at the start only and shorter than 60 characters: official
-- files have headings that are cut off.
SELECT * FROM (VALUES
	-- kind, position, field, tells the kind, needed, official heading, pattern
	('crime', 1, 'crime_id', false, true, 'Crime ID', '^crime id$'),
	('crime', 2, 'month', true, true, 'Month', '^month$'),
	('crime', 3, 'reported_by', true, true, 'Reported by', '^reported by$'),
	('crime', 4, 'falls_within', false, false, 'Falls within', '^falls within$'),
	('crime', 5, 'longitude', false, true, 'Longitude', '^longitude$'),
	('crime', 6, 'latitude', false, true, 'Latitude', '^latitude$'),
	('crime', 7, 'location', false, true, 'Location', '^location$'),
	('crime', 8, 'lsoa', false, true, 'LSOA code', '^lsoa code$'),
	('crime', 9, 'lsoa_name', false, false, 'LSOA name', '^lsoa name$'),
	('crime', 10, 'crime_type', true, true, 'Crime type', '^crime type$'),
	('crime', 11, 'outcome', false, false, 'Last outcome category', '^last outcome category$'),
	('crime', 12, 'context', false, false, 'Context', '^context$'),

	('postcodes', 1, 'postcode', true, true, 'pcds', '^(?:pcd|pcd[278s]|postcode)$'),
	('postcodes', 2, 'introduced', false, false, 'dointr', '^dointr$'),
	('postcodes', 3, 'terminated', false, false, 'doterm', '^doterm$'),
	('postcodes', 4, 'easting', false, false, 'oseast1m', '^(?:os)?east1m$|^eastings?$'),
	('postcodes', 5, 'northing', false, false, 'osnrth1m', '^(?:os)?no?rth1m$|^northings?$'),
	('postcodes', 6, 'positional_quality', false, false, 'osgrdind', '^(?:os)?gri?dind$|^positional_quality_indicator$'),
	('postcodes', 7, 'lsoa11', false, false, 'lsoa11', '^lsoa(?:20)?11(?:cd)?$'),
	('postcodes', 8, 'lsoa21', false, false, 'lsoa21', '^lsoa(?:20)?21(?:cd)?$'),
	('postcodes', 9, 'ward', false, false, 'osward', '^(?:os)?ward(?:\d\d)?(?:cd)?$|^wd\d\d(?:cd)?$'),
	('postcodes', 10, 'district', false, false, 'oslaua', '^(?:os)?laua(?:\d\d)?(?:cd)?$|^lad\d\d(?:cd)?$'),

	('lookup_change', 1, 'lsoa11', true, true, 'LSOA11CD', '^lsoa(?:20)?(11)_?(?:cd|code)$'),
	('lookup_change', 2, 'lsoa21', true, true, 'LSOA21CD', '^lsoa(?:20)?(21)_?(?:cd|code)$'),
	('lookup_change', 3, 'change', false, true, 'CHGIND', '^chn?ge?_?ind$|^change(?:[ _]?(?:code|ind|indicator))?$'),
	('lookup_change', 4, 'lsoa11_name', false, false, 'LSOA11NM', '^lsoa(?:20)?(11)_?(?:nm|name)$'),
	('lookup_change', 5, 'lsoa21_name', false, false, 'LSOA21NM', '^lsoa(?:20)?(21)_?(?:nm|name)$'),
	('lookup_change', 6, 'district', false, false, 'LAD22CD', '^(?:lad|ltla)(\d\d)_?(?:cd|code)$'),
	('lookup_change', 7, 'district_name', false, false, 'LAD22NM', '^(?:lad|ltla)(\d\d)_?(?:nm|name)$'),

	('lookup', 1, 'lsoa', true, true, 'LSOA21CD', '^lsoa(\d\d)_?(?:cd|code)$'),
	('lookup', 2, 'ward', true, true, 'WD24CD', '^(?:wd|ward)(\d\d)_?(?:cd|code)$'),
	('lookup', 3, 'lsoa_name', false, false, 'LSOA21NM', '^lsoa(\d\d)_?(?:nm|name)$'),
	('lookup', 4, 'ward_name', false, false, 'WD24NM', '^(?:wd|ward)(\d\d)_?(?:nm|name)$'),
	('lookup', 5, 'district', false, false, 'LAD24CD', '^(?:lad|ltla)(\d\d)_?(?:cd|code)$'),
	('lookup', 6, 'district_name', false, false, 'LAD24NM', '^(?:lad|ltla)(\d\d)_?(?:nm|name)$'),

	('deprivation', 1, 'lsoa', false, true, 'LSOA code (2021)', '^lsoa code \((\d{4})|^lsoa_?(\d\d)?_?(?:cd|code)?$'),
	('deprivation', 2, 'lsoa_name', false, false, 'LSOA name (2021)', '^lsoa name \((\d{4})|^lsoa_?(\d\d)?_?(?:nm|name)$'),
	('deprivation', 3, 'district', false, false, 'Local Authority District code (2024)', '^local authority district code \((\d{4})|^lad(\d\d)cd$'),
	('deprivation', 4, 'score', true, false, 'Index of Multiple Deprivation (IMD) Score', '^index of multiple deprivation \(imd\) score|^overall_local_score$'),
	('deprivation', 5, 'rank', true, false, 'Index of Multiple Deprivation (IMD) Rank', '^index of multiple deprivation \(imd\) rank'),
	('deprivation', 6, 'decile', true, false, 'Index of Multiple Deprivation (IMD) Decile', '^index of multiple deprivation \(imd\) decile'),
	('deprivation', 7, 'income_score', true, false, 'Income Score (rate)', '^income score \(rate'),
	('deprivation', 8, 'income_rank', true, false, 'Income Rank', '^income rank'),
	('deprivation', 9, 'income_decile', true, false, 'Income Decile', '^income decile'),
	('deprivation', 10, 'income_percent', true, false, 'income_score', '^income_score$'),
	('deprivation', 11, 'employment_score', true, false, 'Employment Score (rate)', '^employment score \(rate'),
	('deprivation', 12, 'employment_rank', true, false, 'Employment Rank', '^employment rank'),
	('deprivation', 13, 'employment_decile', true, false, 'Employment Decile', '^employment decile'),
	('deprivation', 14, 'employment_percent', true, false, 'employment_score', '^employment_score$'),
	('deprivation', 15, 'education_score', true, false, 'Education, Skills and Training Score', '^education, skills and training score'),
	('deprivation', 16, 'education_rank', true, false, 'Education, Skills and Training Rank', '^education, skills and training rank'),
	('deprivation', 17, 'education_decile', true, false, 'Education, Skills and Training Decile', '^education, skills and training decile'),
	('deprivation', 18, 'health_score', true, false, 'Health Deprivation and Disability Score', '^health deprivation and disability score'),
	('deprivation', 19, 'health_rank', true, false, 'Health Deprivation and Disability Rank', '^health deprivation and disability rank'),
	('deprivation', 20, 'health_decile', true, false, 'Health Deprivation and Disability Decile', '^health deprivation and disability decile'),
	('deprivation', 21, 'crime_score', true, false, 'Crime Score', '^crime score'),
	('deprivation', 22, 'crime_rank', true, false, 'Crime Rank', '^crime rank'),
	('deprivation', 23, 'crime_decile', true, false, 'Crime Decile', '^crime decile'),
	('deprivation', 24, 'housing_score', true, false, 'Barriers to Housing and Services Score', '^barriers to housing and services score'),
	('deprivation', 25, 'housing_rank', true, false, 'Barriers to Housing and Services Rank', '^barriers to housing and services rank'),
	('deprivation', 26, 'housing_decile', true, false, 'Barriers to Housing and Services Decile', '^barriers to housing and services decile'),
	('deprivation', 27, 'environment_score', true, false, 'Living Environment Score', '^living environment score'),
	('deprivation', 28, 'environment_rank', true, false, 'Living Environment Rank', '^living environment rank'),
	('deprivation', 29, 'environment_decile', true, false, 'Living Environment Decile', '^living environment decile'),
	('deprivation', 30, 'idaci_score', true, false, 'Income Deprivation Affecting Children Index (IDACI) Score (rate)', '^income deprivation affecting children index \(idaci\) sc'),
	('deprivation', 31, 'idaci_rank', true, false, 'Income Deprivation Affecting Children Index (IDACI) Rank', '^income deprivation affecting children index \(idaci\) ra'),
	('deprivation', 32, 'idaci_decile', true, false, 'Income Deprivation Affecting Children Index (IDACI) Decile', '^income deprivation affecting children index \(idaci\) de'),
	('deprivation', 33, 'idaopi_score', true, false, 'Income Deprivation Affecting Older People (IDAOPI) Score (rate)', '^income deprivation affecting older people \(idaopi\) sc'),
	('deprivation', 34, 'idaopi_rank', true, false, 'Income Deprivation Affecting Older People (IDAOPI) Rank', '^income deprivation affecting older people \(idaopi\) ra'),
	('deprivation', 35, 'idaopi_decile', true, false, 'Income Deprivation Affecting Older People (IDAOPI) Decile', '^income deprivation affecting older people \(idaopi\) de'),
	('deprivation', 36, 'children_score', true, false, 'Children and Young People Sub-domain Score', '^children and young people sub-domain score'),
	('deprivation', 37, 'children_rank', true, false, 'Children and Young People Sub-domain Rank', '^children and young people sub-domain rank'),
	('deprivation', 38, 'children_decile', true, false, 'Children and Young People Sub-domain Decile', '^children and young people sub-domain decile'),
	('deprivation', 39, 'adult_skills_score', true, false, 'Adult Skills Sub-domain Score', '^adult skills sub-domain score'),
	('deprivation', 40, 'adult_skills_rank', true, false, 'Adult Skills Sub-domain Rank', '^adult skills sub-domain rank'),
	('deprivation', 41, 'adult_skills_decile', true, false, 'Adult Skills Sub-domain Decile', '^adult skills sub-domain decile'),
	('deprivation', 42, 'geographical_barriers_score', true, false, 'Geographical Barriers Sub-domain Score', '^geographical barriers sub-domain score'),
	('deprivation', 43, 'geographical_barriers_rank', true, false, 'Geographical Barriers Sub-domain Rank', '^geographical barriers sub-domain rank'),
	('deprivation', 44, 'geographical_barriers_decile', true, false, 'Geographical Barriers Sub-domain Decile', '^geographical barriers sub-domain decile'),
	('deprivation', 45, 'wider_barriers_score', true, false, 'Wider Barriers Sub-domain Score', '^wider barriers sub-domain score'),
	('deprivation', 46, 'wider_barriers_rank', true, false, 'Wider Barriers Sub-domain Rank', '^wider barriers sub-domain rank'),
	('deprivation', 47, 'wider_barriers_decile', true, false, 'Wider Barriers Sub-domain Decile', '^wider barriers sub-domain decile'),
	('deprivation', 48, 'indoors_score', true, false, 'Indoors Sub-domain Score', '^indoors sub-domain score'),
	('deprivation', 49, 'indoors_rank', true, false, 'Indoors Sub-domain Rank', '^indoors sub-domain rank'),
	('deprivation', 50, 'indoors_decile', true, false, 'Indoors Sub-domain Decile', '^indoors sub-domain decile'),
	('deprivation', 51, 'outdoors_score', true, false, 'Outdoors Sub-domain Score', '^outdoors sub-domain score'),
	('deprivation', 52, 'outdoors_rank', true, false, 'Outdoors Sub-domain Rank', '^outdoors sub-domain rank'),
	('deprivation', 53, 'outdoors_decile', true, false, 'Outdoors Sub-domain Decile', '^outdoors sub-domain decile'),
	('deprivation', 54, 'population', true, false, 'Total population: mid 2022', '^total population: mid'),
	('deprivation', 55, 'population_0_15', true, false, 'Dependent Children aged 0-15: mid 2022', '^dependent children aged 0-15'),
	('deprivation', 56, 'population_16_59', true, false, 'Population aged 16-59: mid 2015', '^population aged 16-59'),
	('deprivation', 57, 'population_60_over', true, false, 'Older population aged 60 and over: mid 2022', '^older population aged 60'),
	('deprivation', 58, 'population_employment', true, false, 'Working age population 18-66', '^working age population 18-'),

	('population', 1, 'area', false, true, 'LSOA21CD', '^(?:oa|lsoa|msoa|wd|ward|lad|ltla)_?(\d\d|\d{4})_?(?:cd|code)$|^(?:oa|lsoa|msoa|ward|lad) (\d{4}) code$|^lsoa codes?$|^area codes?$|^geography code$|^(?:lower|middle) layer super output areas code$|^electoral wards and divisions code$|^lower tier local authorities code$'),
	('population', 2, 'total', false, false, 'All Ages', '^(?:all[ _]ages|total|total[_ ](?:population|residents)|age: total|[a-z ]+: total(?:: all usual residents)?)$'),
	('population', 3, 'category', false, false, 'Age (6 categories)', '^age[ _](?:group|band)$|^age$|^age \(.*\)$|^ethnic[ _]group$|^ethnic group \(.*\)$|^sex$|^sex \(.*\)$'),
	('population', 4, 'n', false, false, 'Observation', '^(?:usual[_ ]residents|observation|n|count|population|value|obs_value)$'),

	('areas', 1, 'oa', true, false, 'OA21CD', '^oa_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 2, 'lsoa', true, false, 'LSOA21CD', '^lsoa_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 3, 'msoa', true, false, 'MSOA21CD', '^msoa_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 4, 'ward', true, false, 'WD25CD', '^(?:wd|ward)_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 5, 'parish', true, false, 'PAR24CD', '^(?:par|parncp)_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 6, 'district', true, false, 'LAD24CD', '^(?:lad|ltla)_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 7, 'county', true, false, 'CTY24CD', '^(?:cty|ctyua|utla)_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 8, 'police_force_area', true, false, 'PFA23CD', '^pfa_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 9, 'region', true, false, 'RGN24CD', '^rgn_?(\d\d|\d{4})?_?(?:cd|code)$'),
	('areas', 10, 'country', true, false, 'CTRY24CD', '^ctry_?(\d\d|\d{4})?_?(?:cd|code)$')
) AS p(kind, ord, field, tells, needed, official, pattern)
$$;
COMMENT ON FUNCTION reference.heading_pattern() IS 'the columns that each kind of file may have, by heading';

CREATE FUNCTION reference.plain_heading(heading text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(btrim(regexp_replace(heading, '[\s\ufeff\u00a0]+', ' ', 'g')));
COMMENT ON FUNCTION reference.plain_heading(text) IS 'a heading in lower case with single blanks, as the patterns expect it';

CREATE FUNCTION reference.age_band(label text)
RETURNS int4range
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $$
DECLARE
	m text[];
	plain text := regexp_replace(reference.plain_heading(label), '^(?:age: )?(?:aged? |all )?', '');
BEGIN
	m := regexp_match(plain, '^(\d{1,3})(?: years?(?: old)?)?$');
	IF m IS NOT NULL THEN
		RETURN int4range(m[1]::integer, m[1]::integer + 1);
	END IF;
	m := regexp_match(plain, '^(\d{1,3}) ?(?:-|–|to|_) ?(\d{1,3})(?: years?)?$');
	IF m IS NOT NULL AND m[1]::integer <= m[2]::integer THEN
		RETURN int4range(m[1]::integer, m[2]::integer + 1);
	END IF;
	m := regexp_match(plain, '^(\d{1,3})(?: years?)? (?:and|or) (?:under|below)$');
	IF m IS NOT NULL THEN
		RETURN int4range(0, m[1]::integer + 1);
	END IF;
	m := regexp_match(plain, '^under (\d{1,3})(?: years?)?$');
	IF m IS NOT NULL AND m[1]::integer > 0 THEN
		RETURN int4range(0, m[1]::integer);
	END IF;
	m := regexp_match(plain, '^(\d{1,3})(?:\+|(?: years?)? (?:and|or) (?:over|above))$');
	IF m IS NOT NULL THEN
		RETURN int4range(m[1]::integer, NULL);
	END IF;
	IF plain IN ('ages', 'all', 'total', 'usual residents') THEN
		RETURN '[0,)';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION reference.age_band(text) IS 'ages that a label such as Aged 16 to 24 years, 0-4, 7 or 90+ stands for; NULL for any other text';

CREATE FUNCTION reference.layout(kind text, heading text[])
RETURNS TABLE (field text, place integer, vintage smallint, age int4range, category text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
BEGIN
	IF heading IS NULL AND kind = 'postcodes' THEN
		-- Code-Point Open has no heading: its columns by their official places.
		RETURN QUERY VALUES ('postcode', 1, NULL::smallint, NULL::int4range, NULL::text),
			('positional_quality', 2, NULL, NULL, NULL), ('easting', 3, NULL, NULL, NULL),
			('northing', 4, NULL, NULL, NULL), ('district', 9, NULL, NULL, NULL), ('ward', 10, NULL, NULL, NULL);
		RETURN;
	END IF;
	RETURN QUERY
	SELECT f.field, f.place, f.vintage, NULL::int4range, NULL::text
	FROM (
		SELECT DISTINCT ON (p.ord) p.ord, p.field, h.place::integer,
			(SELECT (CASE length(y) WHEN 2 THEN '20' || y ELSE y END)::smallint
			FROM unnest(regexp_match(reference.plain_heading(h.name), p.pattern)) AS y
			WHERE y ~ '^(\d\d|\d{4})$' LIMIT 1) AS vintage
		FROM reference.heading_pattern() AS p
		JOIN unnest(heading) WITH ORDINALITY AS h(name, place) ON reference.plain_heading(h.name) ~ p.pattern
		WHERE p.kind = layout.kind
		ORDER BY p.ord, h.place
	) AS f
	ORDER BY f.ord;
	IF kind = 'population' THEN
		-- A table with a column an age or category: "0" to "90+", "F0" to "M90", "Ethnic group: White".
		RETURN QUERY
		SELECT 'count'::text, h.place::integer, NULL::smallint, coalesce(a.age, '[0,)'), coalesce(c.category, 'all')
		FROM unnest(heading) WITH ORDINALITY AS h(name, place)
		CROSS JOIN LATERAL (SELECT reference.plain_heading(h.name) AS plain) AS l
		CROSS JOIN LATERAL (SELECT regexp_match(l.plain, '^([fm])(\d{1,3}\+?)$') AS sex) AS s
		CROSS JOIN LATERAL (SELECT reference.age_band(coalesce(s.sex[2], l.plain)) AS age) AS a
		CROSS JOIN LATERAL (SELECT CASE s.sex[1] WHEN 'f' THEN 'sex: Female' WHEN 'm' THEN 'sex: Male'
			ELSE regexp_replace(btrim(h.name), '^Ethnic group: ', 'ethnic group: ', 'i') END AS category) AS n
		CROSS JOIN LATERAL (SELECT CASE WHEN n.category ~ '^(ethnic group|sex): ' THEN n.category END AS category) AS c
		WHERE (a.age IS NOT NULL AND a.age <> '[0,)' OR c.category IS NOT NULL)
			AND l.plain !~ ': total'
		ORDER BY h.place;
	END IF;
END
$$;
COMMENT ON FUNCTION reference.layout(text, text[]) IS 'where the fields of a kind stand in a file with this heading, in the order in which the hub sends their cells';

CREATE FUNCTION reference.cell_numbers(source_file bigint)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $$
SELECT coalesce(jsonb_object_agg(l.field, l.n) FILTER (WHERE l.field <> 'count'), '{}')
FROM reference.source_file AS f
CROSS JOIN LATERAL (SELECT field, row_number() OVER () AS n FROM reference.layout(f.kind, f.heading)) AS l
WHERE f.id = $1
$$;
COMMENT ON FUNCTION reference.cell_numbers(bigint) IS 'for each field of a file, which cell of pg_temp.staged holds it';

CREATE FUNCTION reference.edition_of(kind text, heading text[], file_name text, edition text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	base text := lower(coalesce(file_name, ''));
	year text;
	month integer;
	title text;
	found record;
BEGIN
	IF kind IN ('lookup', 'lookup_change') THEN
		SELECT max(l.vintage) FILTER (WHERE l.field IN ('lsoa', 'lsoa11')) AS lsoa,
			max(l.vintage) FILTER (WHERE l.field = 'ward') AS ward
		INTO found FROM reference.layout(kind, heading) AS l;
		RETURN coalesce(edition, CASE kind WHEN 'lookup' THEN format('LSOA %s to Ward %s', found.lsoa, found.ward)
			ELSE 'LSOA 2011 to LSOA 2021' END);
	ELSIF kind = 'areas' THEN
		SELECT l.field, coalesce(l.vintage::text, substring(edition FROM '(?:19|20)\d\d')) AS vintage
		INTO found FROM reference.layout(kind, heading) AS l LIMIT 1;
		IF found.vintage IS NULL THEN
			RETURN NULL;
		END IF;
		RETURN coalesce(edition, format('%s %s', CASE WHEN found.field IN ('oa', 'lsoa', 'msoa') THEN upper(found.field)
			ELSE upper(left(found.field, 1)) || replace(substr(found.field, 2), '_', ' ') END, found.vintage));
	ELSIF kind = 'deprivation' THEN
		IF edition IS NOT NULL THEN
			RETURN substring(edition FROM '(?:19|20)\d\d');
		END IF;
		SELECT max(l.vintage) FILTER (WHERE l.field = 'lsoa') AS lsoa,
			max(l.vintage) FILTER (WHERE l.field = 'district') AS district
		INTO found FROM reference.layout(kind, heading) AS l;
		RETURN CASE WHEN found.lsoa = 2021 THEN '2025' WHEN found.district = 2013 THEN '2015' ELSE '2019' END;
	ELSIF kind = 'postcodes' THEN
		IF edition IS NOT NULL THEN
			RETURN edition;
		ELSIF heading IS NULL THEN
			title := 'Code-Point Open';
		ELSIF base ~ 'onspd' THEN
			title := 'ONSPD';
		ELSIF base ~ 'nspl' THEN
			title := 'NSPL';
		ELSE
			SELECT CASE WHEN bool_or(reference.plain_heading(h) ~ '^os(ward|laua)') THEN 'ONSPD'
				WHEN bool_or(reference.plain_heading(h) ~ '^(ward|laua)') THEN 'NSPL' ELSE 'postcode directory' END
			INTO title FROM unnest(heading) AS h;
		END IF;
		year := substring(base FROM '(?:19|20)\d\d');
		month := array_position(ARRAY['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
			substring(base FROM '(?:^|[^a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[^a-z]'));
		RETURN concat_ws(' ', title, year || coalesce('-' || lpad(month::text, 2, '0'), ''));
	ELSIF kind = 'population' THEN
		IF edition IS NOT NULL THEN
			RETURN edition;
		END IF;
		year := substring(base FROM 'mid[-_ ]?(?:year[-_ ]?)?((?:19|20)\d\d)');
		IF year IS NOT NULL THEN
			RETURN 'mid-' || year;
		END IF;
		year := substring(base FROM 'census[-_ ]?((?:19|20)\d\d)');
		IF year IS NULL AND EXISTS (SELECT FROM unnest(heading) AS h
			WHERE reference.plain_heading(h) ~ '^usual[ _]residents$|all usual residents|^geography code$|super output areas code$') THEN
			year := '2021';
		END IF;
		RETURN 'Census ' || year;
	END IF;
	RETURN edition;
END
$$;
COMMENT ON FUNCTION reference.edition_of(text, text[], text, text) IS 'edition of a file, from what the user says, its heading or its name; NULL where none of them tells';

CREATE FUNCTION reference.recognise(heading text[], sample text[], as_kind text, as_edition text,
	file_name text DEFAULT NULL)
RETURNS TABLE (kind text, edition text, has_heading boolean, columns integer[], problem text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	plain text[] := ARRAY(SELECT reference.plain_heading(coalesce(h, '')) FROM unnest(heading) WITH ORDINALITY AS u(h, n) ORDER BY n);
	wanted text := lower(btrim(as_kind));
	given text := nullif(btrim(as_edition), '');
	candidate text;
	fields text[];
	lacking text[];
	ages integer;
	told boolean;
BEGIN
	has_heading := true;
	IF wanted IS NOT NULL AND wanted NOT IN ('areas', 'lookup', 'lookup_change', 'postcodes', 'population', 'deprivation', 'crime') THEN
		problem := format('there is no kind "%s"', as_kind);
		RETURN NEXT;
		RETURN;
	END IF;

	-- Hundreds of street files have this very heading: no search for those.
	IF coalesce(wanted, 'crime') = 'crime'
		AND heading = ARRAY(SELECT p.official FROM reference.heading_pattern() AS p WHERE p.kind = 'crime' ORDER BY p.ord) THEN
		kind := 'crime';
		edition := given;
		columns := ARRAY(SELECT generate_series(1, cardinality(heading)));
		RETURN NEXT;
		RETURN;
	END IF;

	-- Code-Point Open begins with its first record.
	IF coalesce(wanted, 'postcodes') = 'postcodes' AND cardinality(plain) = 10 AND uk_postcode_is_valid(plain[1])
		AND plain[2] ~ '^\d{1,2}$' AND plain[3] ~ '^\d{1,7}$' AND plain[4] ~ '^\d{1,7}$' THEN
		kind := 'postcodes';
		has_heading := false;
		edition := reference.edition_of(kind, NULL, file_name, given);
		columns := ARRAY(SELECT l.place FROM reference.layout(kind, NULL) AS l);
		RETURN NEXT;
		RETURN;
	END IF;

	FOREACH candidate IN ARRAY CASE WHEN wanted = 'lookup' THEN ARRAY['lookup_change', 'lookup']
		WHEN wanted IS NOT NULL THEN ARRAY[wanted]
		ELSE ARRAY['crime', 'postcodes', 'lookup_change', 'lookup', 'deprivation', 'population'] END
	LOOP
		SELECT array_agg(l.field), count(*) FILTER (WHERE l.field = 'count')
		INTO fields, ages FROM reference.layout(candidate, heading) AS l;
		fields := coalesce(fields, '{}');
		SELECT array_agg(p.official ORDER BY p.ord) FILTER (WHERE p.needed AND p.field <> ALL (fields))
		INTO lacking FROM reference.heading_pattern() AS p WHERE p.kind = candidate;
		told := CASE candidate
			WHEN 'crime' THEN fields @> '{month,reported_by,crime_type}'
			WHEN 'postcodes' THEN 'postcode' = ANY (fields) AND (fields && '{introduced,terminated,positional_quality,lsoa11,lsoa21}'
				OR fields @> '{easting,northing}' OR plain && '{pcd,pcd7,pcd8,pcds}')
			WHEN 'lookup_change' THEN fields @> '{lsoa11,lsoa21}'
			-- One that goes by output areas is no best fit of LSOAs.
			WHEN 'lookup' THEN fields @> '{lsoa,ward}' AND NOT EXISTS (SELECT FROM unnest(plain) AS h WHERE h ~ '^oa\d\d')
			WHEN 'deprivation' THEN fields && ARRAY(SELECT p.field FROM reference.heading_pattern() AS p WHERE p.kind = 'deprivation' AND p.tells)
			WHEN 'population' THEN ages >= 2 OR fields @> '{area,category,n}'
			ELSE false END;
		IF told OR candidate = wanted THEN
			kind := candidate;
			EXIT;
		END IF;
	END LOOP;
	IF kind IS NULL THEN
		RETURN NEXT;
		RETURN;
	END IF;

	-- What a kind needs beyond single columns.
	IF kind = 'postcodes' AND lacking IS NULL AND NOT fields && '{lsoa11,lsoa21}' AND NOT fields @> '{easting,northing}' THEN
		lacking := ARRAY['lsoa21'];
	ELSIF kind = 'deprivation' AND lacking IS NULL
		AND cardinality(array_remove(array_remove(array_remove(fields, 'lsoa'), 'lsoa_name'), 'district')) = 0 THEN
		lacking := ARRAY['Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)'];
	ELSIF kind = 'population' AND lacking IS NULL AND ages < 2 AND NOT fields @> '{category,n}' AND NOT 'total' = ANY (fields) THEN
		lacking := ARRAY['All Ages'];
	ELSIF kind = 'areas' AND fields = '{}' THEN
		lacking := ARRAY['LSOA21CD, WD25CD or LAD24CD'];
	END IF;
	IF lacking IS NOT NULL THEN
		problem := format(CASE cardinality(lacking) WHEN 1 THEN 'the column "%s" is missing' ELSE 'the columns "%s" are missing' END,
			array_to_string(lacking, '", "'));
		RETURN NEXT;
		RETURN;
	END IF;

	IF kind = 'population' THEN
		-- Rows of two characteristics at once, or two columns for one band, would be taken for repeated ones.
		SELECT format('it divides by several things at once ("%s"): load a table of one', string_agg(h.name, '", "' ORDER BY h.place)) INTO problem
		FROM unnest(heading) WITH ORDINALITY AS h(name, place)
		JOIN reference.heading_pattern() AS p ON p.kind = 'population' AND p.field = 'category' AND reference.plain_heading(h.name) ~ p.pattern
		HAVING count(*) > 1;
		IF problem IS NULL THEN
			SELECT format('the columns "%s" are for the same people', string_agg(heading[l.place], '", "' ORDER BY l.place)) INTO problem
			FROM reference.layout(kind, heading) AS l WHERE l.field = 'count'
			GROUP BY l.age, l.category HAVING count(*) > 1 LIMIT 1;
		END IF;
		IF problem IS NOT NULL THEN
			RETURN NEXT;
			RETURN;
		END IF;
	END IF;

	edition := reference.edition_of(kind, heading, file_name, given);
	IF edition IS NULL AND kind <> 'crime' THEN
		problem := CASE kind
			WHEN 'areas' THEN 'the heading does not tell the year of the codes: give it with --edition, such as --edition 2021'
			WHEN 'deprivation' THEN format('"%s" is no edition of the Indices of Deprivation: give the year, such as --edition 2019', given)
			ELSE 'neither heading nor file name tells the edition: give it with --edition, such as --edition mid-2020' END;
		RETURN NEXT;
		RETURN;
	END IF;
	IF kind = 'population' AND edition !~ '(19|20)\d\d' THEN
		problem := format('the edition "%s" names no year: give it such as --edition mid-2020', edition);
		RETURN NEXT;
		RETURN;
	END IF;
	IF kind = 'crime' THEN
		columns := ARRAY(SELECT coalesce(l.place, 0) FROM reference.heading_pattern() AS p
			LEFT JOIN reference.layout(kind, heading) AS l ON l.field = p.field
			WHERE p.kind = 'crime' ORDER BY p.ord);
	ELSIF kind <> 'areas' THEN
		columns := ARRAY(SELECT l.place FROM reference.layout(kind, heading) AS l);
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION reference.recognise(text[], text[], text, text, text) IS 'kind and edition of a file, by its heading and first record; kind NULL: unknown; problem: why the file is refused';
