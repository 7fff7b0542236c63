-- Who may sign in: organisations by their role, and the tokens that open it.

ALTER TABLE returns.organisation
	ADD COLUMN role name UNIQUE,
	ADD COLUMN disabled_at timestamptz;
COMMENT ON COLUMN returns.organisation.role IS 'role of the cluster that stands for it; NULL until wardstar-hub organisation add made it';
COMMENT ON COLUMN returns.organisation.disabled_at IS 'since when none of its tokens opens anything; NULL while it may sign in';

CREATE TABLE hub.token (
	prefix text PRIMARY KEY CHECK (prefix ~ '^[0-9a-z]{8}$'),
	organisation text NOT NULL REFERENCES returns.organisation ON UPDATE CASCADE,
	sha256 bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
	issued_at timestamptz NOT NULL DEFAULT now(),
	issued_by text NOT NULL DEFAULT session_user,
	expires_at timestamptz,
	revoked_at timestamptz,
	revoked_by text,
	last_used_on date,
	CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX token_organisation ON hub.token (organisation);
COMMENT ON TABLE hub.token IS 'tokens of organisations: of each only the SHA-256, so that none can be had from here';
COMMENT ON COLUMN hub.token.prefix IS 'first part of the token, to tell it from others; no secret';
COMMENT ON COLUMN hub.token.last_used_on IS 'last day on which it was used, in UTC';
