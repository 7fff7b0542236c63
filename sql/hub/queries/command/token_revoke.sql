-- Revokes a token. $1 its prefix.
SELECT hub.revoke_token($1)
