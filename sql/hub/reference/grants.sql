-- Open data: whoever works in the hub may read it.
INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	('schema', 'reference', 'USAGE', 'USAGE', 'USAGE');

INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'table', 'reference.' || t, 'SELECT INSERT UPDATE DELETE TRUNCATE', 'SELECT'
FROM unnest('{source_file,rejected_row,ward_best_fit,lsoa_change,lsoa_move,postcode,population,deprivation,force,crime_type,
	crime_outcome,crime,crime_month,crime_force_count,crime_moved,ward_by_point,ward_crime_by_point,area_centre,area_neighbour,prevalence}'::text[]) t;

-- Receipts name places.
INSERT INTO hub.grant_list (kind, object, loader, analyst, partner) VALUES
	('table', 'reference.area', 'SELECT INSERT UPDATE DELETE TRUNCATE', 'SELECT', 'SELECT');

INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'view', 'reference.' || v, 'SELECT', 'SELECT'
FROM unnest('{crime_count,crime_count_on,crime_part_on,population_total,ward,ward_crime_count,ward_lookup}'::text[]) v;

INSERT INTO hub.grant_list (kind, object, loader)
SELECT 'function', 'reference.' || f, 'EXECUTE'
FROM unnest('{age_band,area_geometry,area_level,cell,cell_numbers,count_force_month,edition_of,grid_point,heading_pattern,knows_lsoa_vintage,layout,
	lock_geography,lsoa_vintage_on,move_force_month,nearest_lsoa,number_of,ons_code,place_force_month,place_postcodes,
	plain_heading,population_shares,postcode_area,
	postcode_edition_gives_way,recognise,refresh_after_areas,refresh_estimated_crimes,refresh_moved_crimes,refresh_neighbours,refresh_placed_crimes,
	refresh_wards_by_point,replace_files,some_of,store,store_areas,store_crime,store_deprivation,store_lookup,store_lookup_change,
	store_population,store_postcodes,to_code,to_month,to_number,to_whole_number,ward_force_month}'::text[]) f;

-- Whom an area lies beside, for the views of clusters.
INSERT INTO hub.grant_list (kind, object, loader, analyst)
SELECT 'function', 'reference.' || f, 'EXECUTE', 'EXECUTE' FROM unnest('{area_islands,area_neighbours}'::text[]) f;
