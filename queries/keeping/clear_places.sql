-- answers: Forgets all places, to derive them anew.
-- params: none
-- returns: none
-- grain: all rows
-- order: none
delete from place;
