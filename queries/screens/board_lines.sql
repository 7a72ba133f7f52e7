-- answers: The lines that people wrote for the notice board of a cell.
-- params: region_id bigint, level text, on_day date
-- returns: section varchar, line_no varchar, text varchar, text_en varchar
-- grain: one row per line
-- order: section, line_no
select section, line_no, text, text_en
from board_text
join record_in_cell('board_text', $level) as cell using (record_id)
where cell.region_id = $region_id
  and in_force(cell.valid_from, cell.valid_to, $on_day)
order by section, line_no;
