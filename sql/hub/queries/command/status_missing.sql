-- What the demand tables lack.
SELECT m.what, m.how FROM analysis.missing m ORDER BY m.ordinal, m.what
