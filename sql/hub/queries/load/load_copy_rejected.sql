-- The records that could not be read.
COPY reference.rejected_row (source_file, line, reason) FROM STDIN (FORMAT binary)
