-- answers: Forgets which schema files a new file has run, before the record of the store it takes the place of.
-- params: none
-- returns: none
-- grain: all rows
-- order: none
delete from migration;
