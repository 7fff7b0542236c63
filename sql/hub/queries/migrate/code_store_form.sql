-- Keeps a form that ships with the program. $1: its definition.
SELECT intake.store_form($1::jsonb)
