-- Shuts an organisation out. $1 its name.
SELECT hub.disable_organisation($1)
