-- Gives back a submission that was not checked. $1 its id.
SELECT intake.give_back($1::bigint)
