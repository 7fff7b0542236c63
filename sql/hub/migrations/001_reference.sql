-- Official reference data: areas, lookups, postcodes, population, deprivation, street crime.

CREATE TABLE reference.source_file (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL,
	sha256 bytea NOT NULL CHECK (length(sha256) = 32),
	size bigint NOT NULL CHECK (size >= 0),
	kind text NOT NULL,
	edition text,
	heading text[],
	rows_read bigint,
	rows_stored bigint,
	rows_rejected bigint,
	seconds float8,
	loaded_by text NOT NULL DEFAULT session_user,
	loaded_at timestamptz NOT NULL DEFAULT now(),
	replaced_by bigint REFERENCES reference.source_file
);
CREATE UNIQUE INDEX source_file_live ON reference.source_file (sha256) WHERE replaced_by IS NULL;
COMMENT ON TABLE reference.source_file IS 'each reference file that was loaded, one transaction and one row a file';
COMMENT ON COLUMN reference.source_file.name IS 'file name without its folder; for a file out of an archive, its name inside it';
COMMENT ON COLUMN reference.source_file.sha256 IS 'SHA-256 of the bytes: the same bytes are loaded once';
COMMENT ON COLUMN reference.source_file.edition IS 'what the file is an edition of, such as LSOA 2021, 2019 (deprivation) or mid-2020';
COMMENT ON COLUMN reference.source_file.heading IS 'heading line as found, or the property names of the first feature; NULL for a file without heading';
COMMENT ON COLUMN reference.source_file.rows_rejected IS 'how many rows of reference.rejected_row belong to this file';
COMMENT ON COLUMN reference.source_file.replaced_by IS 'later file that replaced rows of this one, some or all; such a file may be loaded again';

CREATE TABLE reference.rejected_row (
	source_file bigint NOT NULL REFERENCES reference.source_file ON DELETE CASCADE,
	line bigint NOT NULL,
	reason text NOT NULL
);
CREATE INDEX rejected_row_source_file ON reference.rejected_row (source_file, line);
COMMENT ON TABLE reference.rejected_row IS 'rows of a loaded file that were not stored, and why';
COMMENT ON COLUMN reference.rejected_row.line IS 'line in the file, the heading being 1; for a boundary file the number of the feature, from 1';

CREATE TABLE reference.area (
	level text NOT NULL CHECK (level IN ('oa', 'lsoa', 'msoa', 'parish', 'ward', 'district', 'county', 'region',
		'country', 'police_force_area')),
	vintage smallint NOT NULL CHECK (vintage BETWEEN 1974 AND 2100),
	code gss_code NOT NULL,
	name text,
	district gss_code,
	geom geometry(MultiPolygon, 27700) NOT NULL CHECK (NOT ST_IsEmpty(geom)),
	repaired boolean NOT NULL DEFAULT false,
	source_file bigint NOT NULL REFERENCES reference.source_file,
	PRIMARY KEY (level, vintage, code)
);
CREATE INDEX area_geom ON reference.area USING gist (geom);
CREATE INDEX area_code ON reference.area (code);
COMMENT ON TABLE reference.area IS 'boundaries of statistical and administrative areas, on the British National Grid (EPSG:27700)';
COMMENT ON COLUMN reference.area.level IS 'level of the boundary file; district is every local authority district, unitary and London borough included';
COMMENT ON COLUMN reference.area.vintage IS 'year of the codes: 2021 for LSOA21CD, 2025 for WD25CD';
COMMENT ON COLUMN reference.area.district IS 'local authority district, where the boundary file gives it';
COMMENT ON COLUMN reference.area.repaired IS 'the published boundary crossed itself and was mended by ST_MakeValid';

CREATE TABLE reference.ward_best_fit (
	lsoa_vintage smallint NOT NULL,
	ward_vintage smallint NOT NULL,
	lsoa gss_code NOT NULL,
	lsoa_name text,
	ward gss_code NOT NULL,
	ward_name text,
	district gss_code,
	district_name text,
	source_file bigint NOT NULL REFERENCES reference.source_file,
	PRIMARY KEY (lsoa_vintage, ward_vintage, lsoa)
);
CREATE INDEX ward_best_fit_ward ON reference.ward_best_fit (ward, lsoa_vintage, ward_vintage);
CREATE INDEX ward_best_fit_district ON reference.ward_best_fit (district, ward_vintage) WHERE district_name IS NOT NULL;
COMMENT ON TABLE reference.ward_best_fit IS 'LSOA to ward best fit of the ONS: one ward for each LSOA, so a ward may have none';

CREATE TABLE reference.lsoa_change (
	lsoa11 gss_code NOT NULL,
	lsoa21 gss_code NOT NULL,
	change text NOT NULL CHECK (change IN ('U', 'S', 'M', 'X')),
	lsoa11_name text,
	lsoa21_name text,
	district gss_code,
	district_name text,
	source_file bigint NOT NULL REFERENCES reference.source_file,
	PRIMARY KEY (lsoa11, lsoa21)
);
CREATE INDEX lsoa_change_lsoa21 ON reference.lsoa_change (lsoa21);
COMMENT ON TABLE reference.lsoa_change IS 'LSOA 2011 to LSOA 2021 of the ONS';
COMMENT ON COLUMN reference.lsoa_change.change IS 'U unchanged, S split, M merged, X irregular';

CREATE TABLE reference.lsoa_move (
	vintage smallint NOT NULL CHECK (vintage IN (2011, 2021)),
	lsoa gss_code NOT NULL,
	target gss_code,
	candidates gss_code[] NOT NULL,
	PRIMARY KEY (lsoa, vintage)
);
COMMENT ON TABLE reference.lsoa_move IS 'derived from lsoa_change: where the codes that a vintage does not have go in that vintage';
COMMENT ON COLUMN reference.lsoa_move.vintage IS 'vintage that is wanted; lsoa is a code of the other one';
COMMENT ON COLUMN reference.lsoa_move.target IS 'the only candidate; NULL where there are several';

CREATE TABLE reference.postcode (
	postcode uk_postcode PRIMARY KEY,
	introduced date,
	terminated date,
	easting integer,
	northing integer,
	positional_quality smallint,
	lsoa11 gss_code,
	lsoa21 gss_code,
	lsoa_by_point boolean NOT NULL DEFAULT false,
	ward gss_code,
	district gss_code,
	edition text NOT NULL,
	source_file bigint NOT NULL
);
CREATE INDEX postcode_by_point ON reference.postcode (easting, northing) WHERE lsoa_by_point;
COMMENT ON TABLE reference.postcode IS 'postcodes, live and terminated; no foreign key on source_file, which would cost more than the load';
COMMENT ON COLUMN reference.postcode.introduced IS 'first day of the month of introduction';
COMMENT ON COLUMN reference.postcode.terminated IS 'first day of the month of termination; NULL while live';
COMMENT ON COLUMN reference.postcode.positional_quality IS 'as published: osgrdind of ONSPD and NSPL (1 best, 9 none), or Positional_quality_indicator of Code-Point Open (10 best, 90 none)';
COMMENT ON COLUMN reference.postcode.lsoa_by_point IS 'the file has no LSOA: it is the one whose loaded boundary holds the point';
COMMENT ON COLUMN reference.postcode.ward IS 'as published, of the vintage of the edition';

CREATE TABLE reference.population (
	edition text COLLATE "C" NOT NULL,
	year smallint NOT NULL,
	level text COLLATE "C" NOT NULL,
	vintage smallint NOT NULL,
	area gss_code NOT NULL,
	age int4range NOT NULL DEFAULT '[0,)',
	characteristic text COLLATE "C" NOT NULL DEFAULT 'all',
	category text COLLATE "C" NOT NULL DEFAULT 'all',
	n bigint NOT NULL CHECK (n >= 0),
	summed boolean NOT NULL DEFAULT false,
	source_file bigint NOT NULL,
	PRIMARY KEY (area, edition, level, vintage, characteristic, category, age),
	CHECK (NOT isempty(age) AND lower(age) >= 0)
);
CREATE INDEX population_of_area ON reference.population (edition, level, vintage, area) WHERE category = 'all' AND age = '[0,)';
COMMENT ON TABLE reference.population IS 'residents by area, age and one characteristic at a time; view population_total has the totals';
COMMENT ON COLUMN reference.population.edition IS 'Census 2021, mid-2020, …';
COMMENT ON COLUMN reference.population.year IS 'year that the edition speaks of';
COMMENT ON COLUMN reference.population.vintage IS 'year of the area codes';
COMMENT ON COLUMN reference.population.age IS 'ages in years, [16,25) being 16 to 24; [0,) is all ages';
COMMENT ON COLUMN reference.population.characteristic IS 'what category divides by: all, sex, ethnic group';
COMMENT ON COLUMN reference.population.category IS 'category as published, or all';
COMMENT ON COLUMN reference.population.summed IS 'a total that no file gives, added up from bands that cover all ages';

CREATE TABLE reference.deprivation (
	edition smallint NOT NULL CHECK (edition BETWEEN 2004 AND 2100),
	lsoa gss_code NOT NULL,
	lsoa_vintage smallint NOT NULL,
	lsoa_name text,
	district gss_code,
	score float8,
	rank integer,
	decile smallint,
	income_score float8,
	income_rank integer,
	income_decile smallint,
	employment_score float8,
	employment_rank integer,
	employment_decile smallint,
	education_score float8,
	education_rank integer,
	education_decile smallint,
	health_score float8,
	health_rank integer,
	health_decile smallint,
	crime_score float8,
	crime_rank integer,
	crime_decile smallint,
	housing_score float8,
	housing_rank integer,
	housing_decile smallint,
	environment_score float8,
	environment_rank integer,
	environment_decile smallint,
	idaci_score float8,
	idaci_rank integer,
	idaci_decile smallint,
	idaopi_score float8,
	idaopi_rank integer,
	idaopi_decile smallint,
	children_score float8,
	children_rank integer,
	children_decile smallint,
	adult_skills_score float8,
	adult_skills_rank integer,
	adult_skills_decile smallint,
	geographical_barriers_score float8,
	geographical_barriers_rank integer,
	geographical_barriers_decile smallint,
	wider_barriers_score float8,
	wider_barriers_rank integer,
	wider_barriers_decile smallint,
	indoors_score float8,
	indoors_rank integer,
	indoors_decile smallint,
	outdoors_score float8,
	outdoors_rank integer,
	outdoors_decile smallint,
	population integer,
	population_0_15 integer,
	population_16_59 integer,
	population_60_over integer,
	population_employment integer,
	source_files bigint[] NOT NULL,
	PRIMARY KEY (edition, lsoa)
);
CREATE INDEX deprivation_lsoa ON reference.deprivation (lsoa);
CREATE INDEX deprivation_vintage ON reference.deprivation (lsoa_vintage, edition);
COMMENT ON TABLE reference.deprivation IS 'English Indices of Deprivation, one row an LSOA and edition, filled by whichever files are loaded; NULL is not loaded';
COMMENT ON COLUMN reference.deprivation.score IS 'Index of Multiple Deprivation: the higher, the more deprived';
COMMENT ON COLUMN reference.deprivation.rank IS '1 is the most deprived; ranks may tie';
COMMENT ON COLUMN reference.deprivation.decile IS '1 is the most deprived tenth of LSOAs in England';
COMMENT ON COLUMN reference.deprivation.income_score IS 'rate: share of people in income deprivation, 0 to 1';
COMMENT ON COLUMN reference.deprivation.employment_score IS 'rate: share of the working-age population in employment deprivation, 0 to 1';
COMMENT ON COLUMN reference.deprivation.education_score IS 'Education, Skills and Training domain';
COMMENT ON COLUMN reference.deprivation.health_score IS 'Health Deprivation and Disability domain';
COMMENT ON COLUMN reference.deprivation.housing_score IS 'Barriers to Housing and Services domain';
COMMENT ON COLUMN reference.deprivation.environment_score IS 'Living Environment domain';
COMMENT ON COLUMN reference.deprivation.idaci_score IS 'rate: Income Deprivation Affecting Children Index, 0 to 1';
COMMENT ON COLUMN reference.deprivation.idaopi_score IS 'rate: Income Deprivation Affecting Older People Index, 0 to 1';
COMMENT ON COLUMN reference.deprivation.children_score IS 'Children and Young People sub-domain';
COMMENT ON COLUMN reference.deprivation.population IS 'denominator of the edition: mid-2015 without prisoners for 2019, mid-2022 for 2025';
COMMENT ON COLUMN reference.deprivation.population_employment IS 'working-age denominator of the employment domain: 18 to 59/64 for 2019, 18 to 66 for 2025';
COMMENT ON COLUMN reference.deprivation.source_files IS 'files that filled the row';

CREATE TABLE reference.force (
	id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE
);
COMMENT ON TABLE reference.force IS 'police forces, under the names that the street files print';

CREATE TABLE reference.crime_type (
	id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE
);
COMMENT ON TABLE reference.crime_type IS 'crime types of police.uk, as printed';

CREATE TABLE reference.crime_outcome (
	id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE
);
COMMENT ON TABLE reference.crime_outcome IS 'last outcome categories of police.uk, as printed';

CREATE TABLE reference.crime (
	source_file bigint NOT NULL,
	longitude float8,
	latitude float8,
	line integer NOT NULL,
	month date NOT NULL,
	lsoa gss_code,
	force smallint NOT NULL,
	falls_within smallint,
	crime_type smallint NOT NULL,
	outcome smallint,
	lsoa_derived boolean NOT NULL,
	crime_id bytea,
	location text,
	context text
);
CREATE INDEX crime_force_month ON reference.crime (force, month);
CREATE INDEX crime_to_place ON reference.crime (force, month)
	WHERE (lsoa IS NULL OR lsoa_derived) AND longitude IS NOT NULL;
COMMENT ON TABLE reference.crime IS 'street-level crime of police.uk, one row a published row: alike is not the same, nothing is taken for a duplicate; no foreign keys, which would cost more than the load';
COMMENT ON COLUMN reference.crime.longitude IS 'WGS 84; an anonymised snap point, not the place itself';
COMMENT ON COLUMN reference.crime.month IS 'first day of the month';
COMMENT ON COLUMN reference.crime.lsoa IS 'as published, of either vintage; NULL where blank and not found by point';
COMMENT ON COLUMN reference.crime.lsoa_derived IS 'the published code is blank: lsoa is the one whose boundary holds the point';
COMMENT ON COLUMN reference.crime.force IS 'Reported by';
COMMENT ON COLUMN reference.crime.crime_id IS 'Crime ID: 32 bytes for 64 hex digits, else its text; NULL for anti-social behaviour';

CREATE TABLE reference.crime_month (
	force smallint NOT NULL,
	month date NOT NULL,
	source_file bigint NOT NULL REFERENCES reference.source_file,
	crimes integer NOT NULL,
	derived integer NOT NULL,
	unplaced integer NOT NULL,
	PRIMARY KEY (force, month)
);
COMMENT ON TABLE reference.crime_month IS 'which month of which force is loaded, and from which file';
COMMENT ON COLUMN reference.crime_month.derived IS 'crimes whose LSOA was found by point';
COMMENT ON COLUMN reference.crime_month.unplaced IS 'crimes without LSOA';

CREATE TABLE reference.crime_force_count (
	force smallint NOT NULL,
	month date NOT NULL,
	area gss_code,
	crime_type smallint NOT NULL,
	n integer NOT NULL
);
CREATE INDEX crime_force_count_month ON reference.crime_force_count (month, force);
COMMENT ON TABLE reference.crime_force_count IS 'crimes by LSOA as published, kept by every load; view crime_count sums it';
COMMENT ON COLUMN reference.crime_force_count.area IS 'LSOA as published or derived; NULL for unplaced crimes';

CREATE TABLE reference.crime_moved (
	force smallint NOT NULL,
	month date NOT NULL,
	vintage smallint NOT NULL,
	lsoa gss_code NOT NULL,
	target gss_code NOT NULL,
	crime_type smallint NOT NULL,
	n numeric NOT NULL,
	estimated boolean NOT NULL
);
CREATE INDEX crime_moved_month ON reference.crime_moved (month, force);
COMMENT ON TABLE reference.crime_moved IS 'crimes whose published LSOA has several candidates in the other vintage, by the candidate that each was given';
COMMENT ON COLUMN reference.crime_moved.vintage IS 'vintage of target';
COMMENT ON COLUMN reference.crime_moved.lsoa IS 'LSOA as published or derived';
COMMENT ON COLUMN reference.crime_moved.n IS 'a whole number where placed by point, a share where estimated';
COMMENT ON COLUMN reference.crime_moved.estimated IS 'shared by population, since the crime has no point or a candidate no boundary';

CREATE TABLE reference.ward_by_point (
	vintage smallint NOT NULL,
	ward gss_code NOT NULL,
	geom geometry(MultiPolygon, 27700) NOT NULL,
	west float8 NOT NULL,
	south float8 NOT NULL,
	east float8 NOT NULL,
	north float8 NOT NULL,
	PRIMARY KEY (vintage, ward)
);
COMMENT ON TABLE reference.ward_by_point IS 'derived from area and ward_best_fit: wards to which no LSOA is best fitted, whose crimes are therefore counted by point';
COMMENT ON COLUMN reference.ward_by_point.west IS 'degrees; a box round the ward, so that only crimes near it are looked at';

CREATE TABLE reference.ward_crime_by_point (
	force smallint NOT NULL,
	month date NOT NULL,
	vintage smallint NOT NULL,
	ward gss_code NOT NULL,
	crime_type smallint NOT NULL,
	n integer NOT NULL
);
CREATE INDEX ward_crime_by_point_month ON reference.ward_crime_by_point (month, force);
COMMENT ON TABLE reference.ward_crime_by_point IS 'crimes in the wards of ward_by_point; they are counted in the best-fit wards too, so the two must not be added';

-- Where need is: which areas lie beside each other, and the prevalences from which need is estimated.
CREATE TABLE reference.area_neighbour (
	level text NOT NULL,
	vintage smallint NOT NULL,
	area gss_code NOT NULL,
	neighbour gss_code NOT NULL,
	shared_metres float8 NOT NULL CHECK (shared_metres >= 0),
	PRIMARY KEY (level, vintage, area, neighbour),
	CHECK (area <> neighbour)
);
COMMENT ON TABLE reference.area_neighbour IS 'derived from area: areas of one level and vintage whose boundaries come within a metre of each other, each pair both ways; function area_neighbours reads it';
COMMENT ON COLUMN reference.area_neighbour.shared_metres IS 'length of the boundary of area that lies within a metre of the boundary of neighbour; at most 4 where they only meet at a corner';

CREATE TABLE reference.area_centre (
	level text NOT NULL,
	vintage smallint NOT NULL,
	area gss_code NOT NULL,
	point geometry(Point, 27700) NOT NULL,
	PRIMARY KEY (level, vintage, area)
);
CREATE INDEX area_centre_point ON reference.area_centre USING gist (point);
COMMENT ON TABLE reference.area_centre IS 'derived from area: the centroid of each, from which distances are measured';

CREATE TABLE reference.prevalence (
	name text PRIMARY KEY CHECK (name <> ''),
	statement text NOT NULL,
	ages int4range NOT NULL CHECK (NOT isempty(ages) AND lower(ages) >= 0),
	share float8 NOT NULL CHECK (share BETWEEN 0 AND 1),
	lower float8 CHECK (lower BETWEEN 0 AND share),
	upper float8 CHECK (upper BETWEEN share AND 1),
	source text NOT NULL CHECK (source <> ''),
	year smallint NOT NULL,
	cannot_tell text NOT NULL
);
COMMENT ON TABLE reference.prevalence IS 'prevalences from which need is estimated, as their source states them; add those that you trust';
COMMENT ON COLUMN reference.prevalence.ages IS 'ages of those whom the share is of, in years: [5,16) is 5 to 15';
COMMENT ON COLUMN reference.prevalence.share IS '0 to 1';
COMMENT ON COLUMN reference.prevalence.lower IS 'limits, where the source gives any';
COMMENT ON COLUMN reference.prevalence.cannot_tell IS 'what the figure is often taken for, and isn''t';

INSERT INTO reference.prevalence (name, statement, ages, share, source, year, cannot_tell)
VALUES ('parent in prison in school years', '7% of children have a parent in prison at some time in their school years', '[5,16)', 0.07,
	'Children of Offenders Review, Department for Children, Schools and Families and Ministry of Justice', 2007,
	'how many have a parent in prison now (far fewer), where they live (it spreads them evenly), who needs help or would take it');
