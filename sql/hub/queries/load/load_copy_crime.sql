-- Street crime, its names resolved.
COPY reference.crime (source_file, longitude, latitude, line, month, lsoa, force, falls_within, crime_type, outcome,
	lsoa_derived, crime_id, location, context) FROM STDIN (FORMAT binary)
