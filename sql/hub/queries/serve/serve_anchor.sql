-- Ties new events of the ledger into the chain over all of them.
SELECT intake.anchor()
