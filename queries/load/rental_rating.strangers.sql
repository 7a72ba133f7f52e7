-- answers: Which staged ratings name a building that the store does not hold.
-- params: none
-- returns: row_no bigint, code varchar
-- grain: one row per row of the file
-- order: row_no
select row_no, building_no as code
from staged
where building_no not in (select building_no from rental_building)
order by row_no;
