-- The names that have a number.
SELECT id, name FROM reference.force
