-- partnership_list
-- What the partnership says of itself and keeps.
SELECT p.name, p.meaning, CASE WHEN p.value = '' THEN '(nothing)' ELSE p.value END FROM hub.partnership p ORDER BY p.name
