-- Organisations and their tokens. Whoever administers the hub calls these; nobody else is granted them. Only api.sign_in is
-- for the service.

-- A role for the organisation, of this database alone, since roles are of the whole cluster. It signs in nowhere and owns
-- nothing; wardstar_service may take it on.
CREATE FUNCTION hub.ensure_role(organisation text) RETURNS name
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	named name;
BEGIN
	SELECT o.role INTO STRICT named FROM returns.organisation o WHERE o.organisation = ensure_role.organisation FOR UPDATE;
	IF named IS NULL THEN
		named := 'wardstar_' || left(regexp_replace(lower(organisation), '[^a-z0-9]+', '_', 'g'), 32) || '_'
			|| left(encode(sha256(convert_to(current_database() || '/' || organisation, 'UTF8')), 'hex'), 12);
		UPDATE returns.organisation o SET role = named WHERE o.organisation = ensure_role.organisation;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = named) THEN
		BEGIN
			EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT', named);
		EXCEPTION WHEN insufficient_privilege THEN
			RAISE EXCEPTION 'role "%" may not make the role of an organisation', current_user
				USING ERRCODE = 'insufficient_privilege', DETAIL = SQLERRM || '.',
				HINT = format('Have a superuser run: ALTER ROLE %I CREATEROLE;', current_user);
		END;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = 'wardstar_partner'::regrole AND m.member = named::text::regrole) THEN
		BEGIN
			EXECUTE format('GRANT wardstar_partner TO %I', named);
		EXCEPTION WHEN insufficient_privilege THEN
			RAISE EXCEPTION 'role "%" may not make an organisation a partner', current_user
				USING ERRCODE = 'insufficient_privilege', DETAIL = SQLERRM || '.',
				HINT = format('Have a superuser run: GRANT wardstar_partner TO %I WITH ADMIN OPTION;', current_user);
		END;
	END IF;
	RETURN named;
END
$$;
COMMENT ON FUNCTION hub.ensure_role(text) IS 'the role of an organisation; makes it where it is missing';

-- Since PostgreSQL 16 a role is granted by whoever made it, or has its ADMIN option, and taken back by whoever granted it;
-- superusers may do both.
CREATE FUNCTION hub.let_in(role name) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = role::text::regrole AND m.member = 'wardstar_service'::regrole) THEN
		RETURN;
	END IF;
	EXECUTE format('GRANT %I TO wardstar_service%s', role,
		CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT FALSE, SET TRUE' END);
EXCEPTION WHEN insufficient_privilege THEN
	RAISE EXCEPTION 'role "%" may not let the service take on an organisation''s role', current_user
		USING ERRCODE = 'insufficient_privilege', DETAIL = SQLERRM || '.',
		HINT = format('Have a superuser run: GRANT %I TO %I WITH ADMIN OPTION;', role, current_user);
END
$$;
COMMENT ON FUNCTION hub.let_in(name) IS 'lets the service take on an organisation''s role';

CREATE FUNCTION hub.shut_out(role name) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
DECLARE
	step text;
BEGIN
	-- Since PostgreSQL 16 REVOKE takes back what its own role granted and passes over the rest with a warning.
	FOR step IN SELECT format('REVOKE %I FROM wardstar_service%s', role,
			CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' GRANTED BY ' || m.grantor::regrole END)
		FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
		WHERE r.rolname = shut_out.role AND m.member = 'wardstar_service'::regrole
	LOOP
		EXECUTE step;
	END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE EXCEPTION 'role "%" may not take an organisation''s role from the service', current_user
		USING ERRCODE = 'insufficient_privilege', DETAIL = SQLERRM || '.', HINT = format('Have a superuser run: %s;', step);
END
$$;
COMMENT ON FUNCTION hub.shut_out(name) IS 'takes an organisation''s role from the service';

CREATE FUNCTION hub.add_organisation(organisation text) RETURNS text
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	was returns.organisation;
BEGIN
	organisation := btrim(organisation);
	IF organisation = '' THEN
		RAISE EXCEPTION 'an organisation needs a name' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT o.* INTO was FROM returns.organisation o WHERE o.organisation = add_organisation.organisation;
	INSERT INTO returns.organisation (organisation) VALUES (organisation) ON CONFLICT DO NOTHING;
	PERFORM hub.let_in(hub.ensure_role(organisation));
	UPDATE returns.organisation o SET disabled_at = NULL WHERE o.organisation = add_organisation.organisation AND o.disabled_at IS NOT NULL;
	RETURN CASE WHEN was.organisation IS NULL THEN 'added' WHEN was.disabled_at IS NOT NULL THEN 'may sign in again'
		WHEN was.role IS NULL THEN 'may sign in now' ELSE 'was there already' END;
END
$$;
COMMENT ON FUNCTION hub.add_organisation(text) IS 'makes an organisation that can sign in, or lets one that was disabled in again; says which';

-- The service can't take the role on any more, whatever it may still remember.
CREATE FUNCTION hub.disable_organisation(organisation text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	role name;
	token text;
BEGIN
	UPDATE returns.organisation o SET disabled_at = coalesce(o.disabled_at, now())
	WHERE o.organisation = disable_organisation.organisation RETURNING o.role INTO role;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no organisation "%"', organisation
			USING ERRCODE = 'no_data_found', HINT = 'wardstar-hub organisation list shows them.';
	END IF;
	PERFORM hub.shut_out(role);
	FOR token IN SELECT t.prefix FROM hub.token t WHERE t.organisation = disable_organisation.organisation LOOP
		PERFORM pg_notify('wardstar_token', token);
	END LOOP;
END
$$;
COMMENT ON FUNCTION hub.disable_organisation(text) IS 'shuts an organisation out; what it sent stays';

CREATE FUNCTION hub.issue_token(organisation text, prefix text, sha256 bytea, expires_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	owner returns.organisation;
BEGIN
	SELECT o.* INTO owner FROM returns.organisation o WHERE o.organisation = issue_token.organisation;
	IF owner.organisation IS NULL OR owner.role IS NULL THEN
		RAISE EXCEPTION 'organisation "%" has no way to sign in', organisation
			USING ERRCODE = 'no_data_found', HINT = 'Make one with: wardstar-hub organisation add.';
	END IF;
	IF owner.disabled_at IS NOT NULL THEN
		RAISE EXCEPTION 'organisation "%" is disabled', organisation
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'wardstar-hub organisation add lets it in again.';
	END IF;
	IF expires_at <= now() THEN
		RAISE EXCEPTION 'the token would have expired already'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a day to come, as 2030-03-31; the token works until that day begins in UTC.';
	END IF;
	INSERT INTO hub.token (prefix, organisation, sha256, expires_at) VALUES (prefix, organisation, sha256, expires_at);
	PERFORM pg_notify('wardstar_token', prefix);
END
$$;
COMMENT ON FUNCTION hub.issue_token(text, text, bytea, timestamptz) IS 'makes a token known by its SHA-256';

CREATE FUNCTION hub.revoke_token(prefix text) RETURNS text
LANGUAGE plpgsql VOLATILE STRICT
SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
	organisation text;
BEGIN
	UPDATE hub.token t SET revoked_at = now(), revoked_by = session_user
	WHERE t.prefix = revoke_token.prefix AND t.revoked_at IS NULL RETURNING t.organisation INTO organisation;
	IF NOT FOUND AND NOT EXISTS (SELECT FROM hub.token t WHERE t.prefix = revoke_token.prefix) THEN
		RAISE EXCEPTION 'there is no token "%"', prefix
			USING ERRCODE = 'no_data_found', HINT = 'wardstar-hub token list shows them; it is the part between the first and the second underscore.';
	END IF;
	PERFORM pg_notify('wardstar_token', prefix);
	RETURN organisation;
END
$$;
COMMENT ON FUNCTION hub.revoke_token(text) IS 'revokes a token; gives its organisation, or NULL if it was revoked before';

-- The service may do this before it has a role. It learns of a token that it was shown already, and of no other: who
-- doesn't hold the token can't make its SHA-256, so the time that the index takes tells nothing either.
CREATE OR REPLACE FUNCTION api.sign_in(sha256 bytea)
RETURNS TABLE (organisation text, role text, prefix text, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	UPDATE hub.token t SET last_used_on = (now() AT TIME ZONE 'UTC')::date
	WHERE t.sha256 = sign_in.sha256 AND t.last_used_on IS DISTINCT FROM (now() AT TIME ZONE 'UTC')::date
		AND t.revoked_at IS NULL AND coalesce(t.expires_at > now(), true);
	RETURN QUERY
	SELECT o.organisation, o.role::text, t.prefix, t.expires_at
	FROM hub.token t
	JOIN returns.organisation o USING (organisation)
	WHERE t.sha256 = sign_in.sha256 AND t.revoked_at IS NULL AND coalesce(t.expires_at > now(), true)
		AND o.disabled_at IS NULL AND o.role IS NOT NULL;
END
$$;
COMMENT ON FUNCTION api.sign_in(bytea) IS 'the organisation that a token is of, by the token''s SHA-256, and the role to take on; no row if it is unknown, expired or revoked, or its organisation disabled';
