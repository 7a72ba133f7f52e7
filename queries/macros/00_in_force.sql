-- answers: Whether a period [valid_from, valid_to) holds a day, said so that the planner cannot take it for a
-- join condition: as plain inequalities it makes a range join of records and periods, hundreds of times slower.
-- grain: one value
create or replace macro in_force(valid_from, valid_to, day) as
case when valid_from <= day and day < valid_to then true else false end;
