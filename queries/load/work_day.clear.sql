-- answers: Empties the working days, before they are written anew.
-- params: none
-- returns: none
-- grain: all rows
-- order: none
delete from work_day;
