-- Puts the events that no anchor holds under a new one; the last anchor.
SELECT a.number, encode(a.sha256, 'hex'), to_char(a.anchored_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM intake.anchor() a
