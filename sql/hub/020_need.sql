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
