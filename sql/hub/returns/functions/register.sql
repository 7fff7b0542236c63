-- The register of programmes.

-- "facts" has what is known of a programme by name: organisation, made_up, starts, ends, serves, ages, sexes, districts, forms, due-days,
-- expected, not-expected, each as text. What is not given stays as it is.
CREATE OR REPLACE FUNCTION returns.register_programme(programme text, facts jsonb)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	organisation text := btrim(facts ->> 'organisation');
	expected text[] := returns.words(facts ->> 'expected');
	not_expected text[] := returns.words(facts ->> 'not-expected');
	sexes text[] := returns.words(lower(facts ->> 'sexes'));
	districts text[] := returns.words(upper(facts ->> 'districts'));
	forms text[] := returns.words(lower(facts ->> 'forms'));
	ages int4range := casework.read_age_band(facts ->> 'ages');
	starts date := casework.read_date(facts ->> 'starts');
	ends date := casework.read_date(facts ->> 'ends');
	wrong text := (SELECT p FROM unnest(expected || not_expected) p WHERE p !~ '^(19|20)[0-9][0-9]-Q[1-4]$' LIMIT 1);
	contested text := (SELECT p FROM unnest(expected) p WHERE p = ANY (not_expected) LIMIT 1);
	known returns.programme;
BEGIN
	programme := btrim(programme);
	IF programme = '' OR organisation = '' THEN
		RAISE EXCEPTION 'a programme and its organisation need names' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '"%" is not a quarter', wrong
			USING ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-Q2, which is 1 July to 30 September 2025.';
	END IF;
	IF contested IS NOT NULL THEN
		RAISE EXCEPTION 'a return for % can''t be both expected and not expected', contested USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF starts IS NULL AND facts ->> 'starts' IS NOT NULL OR ends IS NULL AND nullif(facts ->> 'ends', '') IS NOT NULL THEN
		RAISE EXCEPTION '"%" is not a date', coalesce(CASE WHEN starts IS NULL THEN facts ->> 'starts' END, facts ->> 'ends')
			USING ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-04-30.';
	END IF;
	IF ages IS NULL AND facts ->> 'ages' IS NOT NULL THEN
		RAISE EXCEPTION '"%" is no range of ages', facts ->> 'ages'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Write it as 5-18, both ends included, or as 18+.';
	END IF;
	SELECT d INTO wrong FROM unnest(districts) d
	WHERE NOT gss_code_is_valid(d) OR gss_level(d::gss_code) NOT IN ('district', 'metropolitan_district', 'london_borough', 'unitary') LIMIT 1;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '"%" is not the code of a district', wrong
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Write the nine characters of the ONS code, as E08000012 for Liverpool.';
	END IF;
	SELECT s INTO wrong FROM unnest(sexes) s WHERE s NOT IN ('female', 'male', 'other') LIMIT 1;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '"%" is none of female, male, other', wrong USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT split_part(f, ':', 1) INTO wrong FROM unnest(forms) f
	WHERE f !~ '^[^:]+(:\d{4}-q[1-4]?)?(:\d{4}-q[1-4])?$'
		OR split_part(f, ':', 1) <> 'records' AND NOT EXISTS (SELECT FROM intake.form i WHERE i.form = split_part(f, ':', 1)) LIMIT 1;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'form "%" is not known', wrong
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A form may carry its first quarter, and its last: old:2025-Q1:2025-Q1.',
				HINT = 'Forms are: ' || coalesce((SELECT string_agg(DISTINCT f.form, ', ') || ', ' FROM intake.form f), '') || 'records.';
	END IF;
	SELECT p.* INTO known FROM returns.programme p WHERE p.programme = register_programme.programme;
	IF known.programme IS NULL AND organisation IS NULL THEN
		RAISE EXCEPTION 'programme "%" is new: its organisation is needed', programme
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give it with --organisation.';
	END IF;
	-- Row-level security, and the tokens of clients, go by the organisation: what one sent is not another's.
	IF known.organisation <> organisation AND (EXISTS (SELECT FROM intake.submission i WHERE i.programme = known.programme OR i.asked_programme = known.programme)
		OR EXISTS (SELECT FROM casework.file f WHERE f.programme = known.programme))
	THEN
		RAISE EXCEPTION 'programme "%" stays with "%", which has sent files for it', programme, known.organisation
			USING ERRCODE = 'invalid_parameter_value', HINT = 'If another organisation runs it from now on, end this one and add a programme of another name.';
	END IF;
	starts := coalesce(starts, known.starts_on);
	ends := CASE WHEN facts ->> 'ends' = '' THEN NULL ELSE coalesce(ends, known.ends_on) END;
	IF ends < starts THEN
		RAISE EXCEPTION 'a programme can''t end before it starts' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF forms IS NOT NULL AND starts IS NULL THEN
		RAISE EXCEPTION 'what is expected follows from the start of the programme, and none is known'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give it with --starts.';
	END IF;
	INSERT INTO returns.organisation (organisation) VALUES (coalesce(organisation, known.organisation)) ON CONFLICT DO NOTHING;
	INSERT INTO returns.programme AS p (programme, organisation, made_up, starts_on, ends_on, serves, ages, sexes, districts)
	VALUES (programme, coalesce(organisation, known.organisation), coalesce((facts ->> 'made-up')::boolean, false), starts, ends,
		coalesce(facts ->> 'serves', known.serves), coalesce(ages, known.ages), coalesce(sexes, known.sexes), coalesce(districts::gss_code[], known.districts))
	ON CONFLICT ON CONSTRAINT programme_pkey DO UPDATE
		SET organisation = excluded.organisation, made_up = p.made_up OR excluded.made_up, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
			serves = excluded.serves, ages = excluded.ages, sexes = excluded.sexes, districts = excluded.districts;
	IF forms IS NOT NULL THEN
		DELETE FROM returns.programme_form f WHERE f.programme = register_programme.programme;
		INSERT INTO returns.programme_form AS f (programme, form, first, last)
		SELECT DISTINCT ON (split_part(w, ':', 1)) programme, split_part(w, ':', 1), upper(nullif(split_part(w, ':', 2), '')), upper(nullif(split_part(w, ':', 3), ''))
		FROM unnest(forms) w;
	END IF;
	IF facts ->> 'due-days' IS NOT NULL THEN
		UPDATE returns.programme_form f SET due_days = (facts ->> 'due-days')::int WHERE f.programme = register_programme.programme;
	END IF;
	INSERT INTO returns.expected_stated AS e
	SELECT programme, p, true FROM unnest(expected) p
	UNION
	SELECT programme, p, false FROM unnest(not_expected) p
	ON CONFLICT ON CONSTRAINT expected_stated_pkey DO UPDATE SET expected = excluded.expected;
	RETURN CASE WHEN known.programme IS NULL THEN 'added' ELSE 'updated' END;
END
$$;
COMMENT ON FUNCTION returns.register_programme(text, jsonb) IS 'adds a programme to the register or changes it; says which';

CREATE OR REPLACE FUNCTION returns.words(list text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT array_agg(btrim(w)) FROM unnest(string_to_array(list, ',')) w WHERE btrim(w) <> ''
$$;
COMMENT ON FUNCTION returns.words(text) IS 'a list parted by commas as an array; NULL: it has no word';

-- What proforma_check asks of ages follows from the register.
CREATE OR REPLACE FUNCTION returns.form_for(definition jsonb, programme text) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
	SELECT form_for.definition || coalesce((SELECT jsonb_build_object('serves', format('[%s,%s)', lower(p.ages), upper(p.ages)))
		FROM returns.programme p WHERE p.programme = form_for.programme AND p.ages IS NOT NULL), '{}')
$$;
COMMENT ON FUNCTION returns.form_for(jsonb, text) IS 'a form as it is checked for a programme: with the ages that the programme serves';
