-- What the partnership says of itself and keeps.

CREATE OR REPLACE FUNCTION hub.set_partnership(name text, value text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
BEGIN
	IF set_partnership.name = 'keep-narrative' AND set_partnership.value NOT IN ('on', 'off') THEN
		RAISE EXCEPTION 'keep-narrative is on or off, not "%"', set_partnership.value USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF length(set_partnership.value) > 4000 THEN
		RAISE EXCEPTION 'the text is too long' USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It has at most 4,000 characters.';
	END IF;
	UPDATE hub.partnership p SET value = btrim(set_partnership.value) WHERE p.name = set_partnership.name;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is nothing called "%" to be set', set_partnership.name
			USING ERRCODE = 'no_data_found', HINT = 'wardstar-hub partnership lists what there is.';
	END IF;
	IF set_partnership.name = 'keep-narrative' AND set_partnership.value = 'off' THEN
		UPDATE returns.narrative n SET words = NULL WHERE n.words IS NOT NULL;
	END IF;
END
$$;
COMMENT ON FUNCTION hub.set_partnership(text, text) IS 'sets what the partnership says of itself, or what it keeps';
