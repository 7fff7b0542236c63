-- Where a postcode lies: LSOA and ward of a date, and how surely. Callers keep the codes and the grade, not the postcode.

-- The LSOAs of a census are those of the days from its own on.
CREATE FUNCTION reference.lsoa_vintage_on(on_date date) RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN on_date >= date '2021-03-21' THEN 2021 ELSE 2011 END;
COMMENT ON FUNCTION reference.lsoa_vintage_on(date) IS 'vintage of the LSOAs of a day: 2021 from Census Day 2021 (21 March) on, 2011 before';

CREATE FUNCTION reference.knows_lsoa_vintage(vintage smallint) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $$
	SELECT EXISTS (SELECT FROM reference.area a WHERE a.level = 'lsoa' AND a.vintage = $1)
		OR EXISTS (SELECT FROM reference.ward_best_fit b WHERE b.lsoa_vintage = $1)
		OR EXISTS (SELECT FROM reference.lsoa_change)
$$;
COMMENT ON FUNCTION reference.knows_lsoa_vintage(smallint) IS 'whether LSOA codes of a vintage mean anything to this database: boundaries, a best fit or the change of codes is loaded';

-- The point's LSOA where no boundary holds it: generalised boundaries leave out quays and river banks. Only within the
-- postcode's own district, since beyond the loaded boundaries the nearest one is none of its own.
CREATE FUNCTION reference.nearest_lsoa(point geometry, district gss_code, vintage smallint) RETURNS gss_code
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT SET jit = off
AS $$
	SELECT n.code
	FROM (SELECT a.code, a.district, ST_Distance(a.geom, $1) AS metres
		FROM reference.area a
		WHERE a.level = 'lsoa' AND a.vintage = $3 AND ST_DWithin(a.geom, $1, 100)
		ORDER BY 3, 1
		LIMIT 1) n
	WHERE $2 = coalesce(n.district, (SELECT b.district FROM reference.ward_best_fit b
		WHERE b.lsoa_vintage = $3 AND b.lsoa = n.code ORDER BY b.ward_vintage DESC LIMIT 1))
$$;
COMMENT ON FUNCTION reference.nearest_lsoa(geometry, gss_code, smallint) IS 'the LSOA nearest to a point, at most 100 m away and in the district given';

CREATE FUNCTION reference.postcode_area(postcode text, on_date date, until date DEFAULT NULL,
	OUT lsoa gss_code, OUT vintage smallint, OUT ward gss_code, OUT ward_vintage smallint, OUT grade text, OUT problem text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path FROM CURRENT SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
	found reference.postcode;
	last_day date := coalesce(until, on_date);
	other smallint;
	point geometry;
	wards smallint;
BEGIN
	IF NOT uk_postcode_is_valid(postcode) THEN
		problem := 'not a postcode';
		RETURN;
	ELSIF postcode_unit_is_pseudo(postcode::uk_postcode) THEN
		problem := 'no fixed address';
		RETURN;
	END IF;
	SELECT p.* INTO found FROM reference.postcode p WHERE p.postcode = postcode_area.postcode::uk_postcode;
	IF found.postcode IS NULL THEN
		problem := 'unknown postcode';
		RETURN;
	ELSIF found.introduced > last_day THEN
		problem := 'not yet in use';
		RETURN;
	END IF;
	vintage := reference.lsoa_vintage_on(last_day);
	other := CASE vintage WHEN 2021 THEN 2011 ELSE 2021 END;
	point := ST_SetSRID(ST_MakePoint(found.easting, found.northing), 27700);

	-- The date's own vintage; the other one where the database or the file knows nothing of it.
	IF NOT reference.knows_lsoa_vintage(vintage) AND reference.knows_lsoa_vintage(other) THEN
		vintage := other;
	END IF;
	lsoa := CASE vintage WHEN 2021 THEN found.lsoa21 ELSE found.lsoa11 END;
	IF lsoa IS NULL AND coalesce(found.lsoa21, found.lsoa11) IS NOT NULL THEN
		lsoa := coalesce(found.lsoa21, found.lsoa11);
		vintage := CASE WHEN found.lsoa21 IS NOT NULL THEN 2021 ELSE 2011 END;
	END IF;
	IF lsoa IS NULL AND found.lsoa_by_point THEN
		lsoa := reference.nearest_lsoa(point, found.district, vintage);
		grade := 'nearest';
	ELSE
		grade := CASE WHEN found.lsoa_by_point THEN 'point' ELSE 'lookup' END;
	END IF;
	IF lsoa IS NULL THEN
		vintage := NULL;
		grade := NULL;
		problem := 'postcode without area';
		RETURN;
	END IF;
	-- ONSPD and NSPL: 5 imputed, 6 the sector's mean, 8 terminated before there were points. Code-Point: 60 the sector's mean.
	IF found.positional_quality IN (5, 6, 8, 60) THEN
		grade := 'approximate';
	END IF;
	IF found.terminated < on_date THEN
		problem := 'no longer in use';
	ELSIF grade IN ('nearest', 'approximate') THEN
		problem := 'placed roughly';
	END IF;

	-- Wards change each May. The newest loaded that were in force by then, else the oldest.
	SELECT a.vintage INTO wards FROM reference.area a
	WHERE a.level = 'ward' AND a.vintage <= date_part('year', last_day - interval '4 months')
	ORDER BY a.vintage DESC LIMIT 1;
	IF wards IS NULL THEN
		SELECT a.vintage INTO wards FROM reference.area a WHERE a.level = 'ward' ORDER BY a.vintage LIMIT 1;
	END IF;
	SELECT a.code, a.vintage INTO ward, ward_vintage
	FROM reference.area a
	WHERE a.level = 'ward' AND a.vintage = wards AND a.code = found.ward;
	IF ward IS NULL THEN
		SELECT a.code, a.vintage INTO ward, ward_vintage
		FROM reference.area a
		WHERE a.level = 'ward' AND a.vintage = wards AND ST_Covers(a.geom, point)
		ORDER BY a.code LIMIT 1;
	END IF;
	IF ward IS NULL THEN
		SELECT b.ward, b.ward_vintage INTO ward, ward_vintage
		FROM reference.ward_best_fit b
		WHERE b.lsoa_vintage = vintage AND b.lsoa = lsoa
		ORDER BY abs(b.ward_vintage - date_part('year', last_day - interval '4 months')), b.ward_vintage DESC LIMIT 1;
	END IF;
	ward := coalesce(ward, found.ward);
END
$$;
COMMENT ON FUNCTION reference.postcode_area(text, date, date) IS 'LSOA and ward of a postcode on a day or in a span of days, of that time''s own vintage. grade: lookup (a directory names the LSOA), point (its point lies in the LSOA), nearest (no boundary holds the point; the LSOA is at most 100 m away), approximate (the point itself is imputed). problem, where there is one: not a postcode, no fixed address, unknown postcode, not yet in use, postcode without area, and, with an area, no longer in use or placed roughly';
