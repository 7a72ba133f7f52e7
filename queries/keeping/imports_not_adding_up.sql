-- answers: Which imports do not add up: rows read and what became of them, rows set aside and those on record?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per import
-- order: subject
with listed as (
    select import_id, count(distinct row_no) as listed_rows
    from import_set_aside
    group by import_id
)
select
    'import ' || import.import_id as subject,
    abs(rows_read - rows_kept - rows_unchanged - rows_set_aside)
    + abs(rows_set_aside - coalesce(listed_rows, 0)) as amount,
    file as example
from import
left join listed on listed.import_id = import.import_id
where rows_read <> rows_kept + rows_unchanged + rows_set_aside
   or rows_set_aside <> coalesce(listed_rows, 0)
order by subject;
