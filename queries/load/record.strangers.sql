-- answers: Which staged records hold, in a field that refers to another register, a key that it does not have.
-- params: field text, other_kind text
-- returns: row_no bigint, code varchar
-- grain: one row per row of the file
-- order: row_no
select row_no, json_extract_string(fields, $field) as code
from staged
where json_extract_string(fields, $field) is not null
  and json_extract_string(fields, $field) not in (select record_key from record where record_kind = $other_kind)
order by row_no;
