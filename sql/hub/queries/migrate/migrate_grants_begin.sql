-- The grants.sql of each schema fill the two tables anew; see hub/README.md.
WITH grants AS (DELETE FROM hub.grant_list)
DELETE FROM hub.policy_list
