-- The organisation of a folder, and its role. $1 the folder's name.
SELECT o.organisation, o.role FROM returns.organisation o WHERE o.organisation = $1 AND o.role IS NOT NULL AND o.disabled_at IS NULL
