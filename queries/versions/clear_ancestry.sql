-- answers: Empties the derived table of ancestors.
-- params: none
-- returns: none
-- grain: all rows
-- order: none
delete from ancestry;
