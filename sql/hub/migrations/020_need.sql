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
