-- Where the bytes of a submission lie: in the spool folder, encrypted, outside the database.

ALTER TABLE intake.submission ADD COLUMN spool text CHECK (spool ~ '^[0-9a-f]{32}$');
COMMENT ON COLUMN intake.submission.spool IS 'name of its file in the spool; NULL where none is kept';
CREATE UNIQUE INDEX submission_spool ON intake.submission (spool);
