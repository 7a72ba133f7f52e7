-- answers: The lines of the blocks' notice boards (精治街区公示牌) that people write: goals, duties, contacts.
-- grain: one row per line
create or replace table board_text as
select
    record_id,
    fields->>'line_no' as line_no,
    fields->>'section' as section,            -- basics | goals | duties | contact
    fields->>'text' as text,
    fields->>'text_en' as text_en
from record
where record_kind = 'board_text';
