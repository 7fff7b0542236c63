-- Whether an anchor is the one that was noted down. $1 its number, $2 its SHA-256 in hex.
SELECT EXISTS (SELECT FROM intake.event_anchor a WHERE a.number = $1::bigint AND encode(a.sha256, 'hex') = lower($2))
