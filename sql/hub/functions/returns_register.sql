-- The register of programmes.

CREATE OR REPLACE FUNCTION returns.register_programme(programme text, organisation text, made_up boolean,
	expected text[], not_expected text[])
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	wrong text := (SELECT p FROM unnest(expected || not_expected) p WHERE p !~ '^(19|20)[0-9][0-9]-Q[1-4]$' LIMIT 1);
	contested text := (SELECT p FROM unnest(expected) p WHERE p = ANY (not_expected) LIMIT 1);
	known returns.programme;
BEGIN
	programme := btrim(programme);
	organisation := btrim(organisation);
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
	SELECT p.* INTO known FROM returns.programme p WHERE p.programme = register_programme.programme;
	IF known.programme IS NULL AND organisation IS NULL THEN
		RAISE EXCEPTION 'programme "%" is new: its organisation is needed', programme
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give it with --organisation.';
	END IF;
	INSERT INTO returns.organisation VALUES (coalesce(organisation, known.organisation)) ON CONFLICT DO NOTHING;
	INSERT INTO returns.programme AS p VALUES (programme, coalesce(organisation, known.organisation), coalesce(made_up, false))
	ON CONFLICT ON CONSTRAINT programme_pkey DO UPDATE
		SET organisation = excluded.organisation, made_up = p.made_up OR excluded.made_up;
	INSERT INTO returns.expected AS e
	SELECT programme, p, true FROM unnest(expected) p
	UNION
	SELECT programme, p, false FROM unnest(not_expected) p
	ON CONFLICT ON CONSTRAINT expected_pkey DO UPDATE SET expected = excluded.expected;
	RETURN CASE WHEN known.programme IS NULL THEN 'added' ELSE 'updated' END;
END
$$;
COMMENT ON FUNCTION returns.register_programme(text, text, boolean, text[], text[]) IS 'adds a programme to the register or changes it; says which';
