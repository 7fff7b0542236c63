-- The organisation of a programme. $1 its name.
SELECT organisation FROM returns.programme WHERE programme = $1
