-- The tables of a record-level return, in the order in which they are filled in, with the values to choose from whole.
SELECT casework.record_definition_whole(t.name) AS definition, CASE WHEN $1 ~ '^(19|20)[0-9][0-9]-Q[1-4]$' THEN returns.period_words($1::returns.period) END
FROM unnest('{clients,referrals,engagements,contacts,stars,measures,feedback}'::text[]) WITH ORDINALITY t (name, place)
ORDER BY t.place
