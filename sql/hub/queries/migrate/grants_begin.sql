-- The files of this folder fill the two tables anew. Each names the objects of one schema; see hub/README.md.
DELETE FROM hub.grant_list;
DELETE FROM hub.policy_list;
