-- answers: Which staged events name a petition that the store does not hold.
-- params: none
-- returns: row_no bigint, code varchar
-- grain: one row per row of the file
-- order: row_no
select row_no, petition_no as code
from staged
where petition_no not in (select petition_no from petition)
order by row_no;
