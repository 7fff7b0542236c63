-- partnership_set
-- Sets one of them. $1 its name, $2 its text.
SELECT hub.set_partnership($1, $2)
