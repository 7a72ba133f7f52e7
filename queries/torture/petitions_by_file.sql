-- answers: How many petitions are there of each file of a torture, told by their numbers?
-- params: none
-- returns: file varchar, row_count bigint
-- grain: one row per file
-- order: file
select split_part(petition_no, '-', 1) as file, count(*) as row_count
from petition
group by all
order by file;
