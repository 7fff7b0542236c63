-- What is wrong with the ledger.
SELECT a.submission, a.event, a.anchor, a.problem FROM intake.audit() a ORDER BY a.submission NULLS LAST, a.event NULLS LAST, a.anchor, a.problem
