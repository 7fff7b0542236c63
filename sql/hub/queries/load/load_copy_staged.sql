-- The cells of a file, as text.
COPY pg_temp.staged (line, cells) FROM STDIN (FORMAT binary)
