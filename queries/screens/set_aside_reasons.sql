-- answers: How many rows each import set aside, by reason, with the numbers of the first few. Shows no
-- content of a row.
-- params: none
-- returns: register varchar, file varchar, check_name varchar, rows bigint, first_rows bigint[]
-- grain: one row per import and check
-- order: rows desc, file, check_name
select
    import.register,
    import.file,
    aside.check_name,
    count(*) as rows,
    list(aside.row_no order by aside.row_no)[1:5] as first_rows
from import_set_aside as aside
join import using (import_id)
group by aside.import_id, import.register, import.file, aside.check_name
order by rows desc, file, check_name;
