-- What GIS tools and the map read. Until disclosure control is in place nobody is granted it: small numbers are
-- withheld here, but subtraction can undo that.

CREATE TABLE analysis.feature (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	level text NOT NULL,
	area gss_code NOT NULL,
	period returns.period NOT NULL,
	UNIQUE (level, area, period)
);
COMMENT ON TABLE analysis.feature IS 'primary keys of the published tables: an area and quarter keep theirs for good';

CREATE TABLE publish.demand_lsoa (
	id int PRIMARY KEY,
	area text NOT NULL,
	name text,
	ward text,
	ward_name text,
	district text,
	district_name text,
	period text NOT NULL,
	dates text NOT NULL,
	first_day date NOT NULL,
	last_day date NOT NULL,
	latest boolean NOT NULL,
	edition text NOT NULL,
	not_for_publication text NOT NULL DEFAULT 'not for publication',
	made_up boolean NOT NULL,
	returns_expected int NOT NULL,
	returns_received int NOT NULL,
	reached_lower int,
	reached_lower_status text NOT NULL,
	reached_upper int,
	reached_upper_status text NOT NULL,
	reached_rate_lower float8,
	reached_rate_lower_limit float8,
	reached_rate_lower_status text NOT NULL,
	reached_rate_upper float8,
	reached_rate_upper_limit float8,
	reached_rate_upper_status text NOT NULL,
	population int,
	population_status text NOT NULL,
	population_edition text,
	population_source text,
	deprivation_score float8,
	deprivation_score_status text NOT NULL,
	deprivation_rank int,
	deprivation_rank_status text NOT NULL,
	deprivation_decile int,
	deprivation_decile_status text NOT NULL,
	deprivation_edition text,
	deprivation_source text,
	crimes float8,
	crimes_status text NOT NULL,
	violent_crimes float8,
	violent_crimes_status text NOT NULL,
	crime_months int NOT NULL,
	crime_edition text,
	crime_rate float8,
	crime_rate_lower float8,
	crime_rate_upper float8,
	crime_rate_status text NOT NULL,
	violent_rate float8,
	violent_rate_lower float8,
	violent_rate_upper float8,
	violent_rate_status text NOT NULL,
	geom geometry(MultiPolygon, 27700) NOT NULL
);
CREATE UNIQUE INDEX demand_lsoa_area ON publish.demand_lsoa (period, area);
CREATE INDEX demand_lsoa_geom ON publish.demand_lsoa USING gist (geom);

CREATE TABLE publish.demand_ward (
	id int PRIMARY KEY,
	area text NOT NULL,
	name text,
	district text,
	district_name text,
	period text NOT NULL,
	dates text NOT NULL,
	first_day date NOT NULL,
	last_day date NOT NULL,
	latest boolean NOT NULL,
	edition text NOT NULL,
	not_for_publication text NOT NULL DEFAULT 'not for publication',
	made_up boolean NOT NULL,
	returns_expected int NOT NULL,
	returns_received int NOT NULL,
	reached_lower int,
	reached_lower_status text NOT NULL,
	reached_upper int,
	reached_upper_status text NOT NULL,
	reached_rate_lower float8,
	reached_rate_lower_limit float8,
	reached_rate_lower_status text NOT NULL,
	reached_rate_upper float8,
	reached_rate_upper_limit float8,
	reached_rate_upper_status text NOT NULL,
	lsoas int NOT NULL,
	population int,
	population_status text NOT NULL,
	population_edition text,
	population_source text,
	deprivation_score float8,
	deprivation_score_status text NOT NULL,
	deprivation_population_share float8,
	deprivation_population_share_status text NOT NULL,
	deprivation_most_deprived_share float8,
	deprivation_most_deprived_share_status text NOT NULL,
	deprivation_edition text,
	deprivation_source text,
	crimes float8,
	crimes_status text NOT NULL,
	violent_crimes float8,
	violent_crimes_status text NOT NULL,
	crime_months int NOT NULL,
	crime_edition text,
	crime_rate float8,
	crime_rate_lower float8,
	crime_rate_upper float8,
	crime_rate_status text NOT NULL,
	violent_rate float8,
	violent_rate_lower float8,
	violent_rate_upper float8,
	violent_rate_status text NOT NULL,
	geom geometry(MultiPolygon, 27700) NOT NULL
);
CREATE UNIQUE INDEX demand_ward_area ON publish.demand_ward (period, area);
CREATE INDEX demand_ward_geom ON publish.demand_ward USING gist (geom);

COMMENT ON TABLE publish.demand_lsoa IS 'NOT FOR PUBLICATION. Demand by LSOA and quarter: people reached, population, deprivation, crime. Counts of 1 to 4 people are withheld, which subtraction can undo';
COMMENT ON TABLE publish.demand_ward IS 'NOT FOR PUBLICATION. Demand by ward and quarter: people reached, population, deprivation, crime. Counts of 1 to 4 people are withheld, which subtraction can undo';

CREATE TABLE publish.version (
	version bigint NOT NULL,
	published_at timestamptz NOT NULL,
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
INSERT INTO publish.version (version, published_at) VALUES (0, '-infinity');
COMMENT ON TABLE publish.version IS 'goes up by one whenever a published table changes';

REVOKE ALL ON ALL TABLES IN SCHEMA publish FROM PUBLIC;
