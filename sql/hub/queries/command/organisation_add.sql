-- Lets an organisation sign in. $1 its name.
SELECT hub.add_organisation($1)
