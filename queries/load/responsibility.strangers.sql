-- answers: Which staged responsibilities name a region that the store does not hold.
-- params: none
-- returns: row_no bigint, code varchar
-- grain: one row per row of the file
-- order: row_no
select row_no, region_code as code
from staged
where region_code not in (select code from region_version)
order by row_no;
