-- The submissions of whoever asks, the newest first. $1 how many, $2 those before this one.
SELECT api.submissions($1::int, $2::bigint)
