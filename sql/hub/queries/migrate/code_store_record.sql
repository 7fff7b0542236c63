-- Keeps the definition of a table of a record-level return that ships with the program. $1: the definition.
SELECT casework.store_record_form($1::jsonb)
