-- answers: The community that a house code of 19 or 25 digits says: its first 12.
-- grain: one value
create or replace macro coded_community(building_code) as
case when length(building_code) in (19, 25) then left(building_code, 12) end;
