-- Where the cells of a file lie until they are stored.
CREATE TEMPORARY TABLE staged (line bigint NOT NULL, cells text[] NOT NULL) ON COMMIT DROP
