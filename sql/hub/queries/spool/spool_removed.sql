-- A spool file is gone. $1 its name.
DELETE FROM intake.spool_to_remove WHERE spool = $1
