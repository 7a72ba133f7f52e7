-- answers: Which staged responsibilities name neither a region nor a rental building that the store holds.
-- params: none
-- returns: row_no bigint, code varchar
-- grain: one row per row of the file
-- order: row_no
select row_no, region_code as code
from staged
where region_code not in (select code from region_version)
  and region_code not in (select building_no from rental_building)
order by row_no;
