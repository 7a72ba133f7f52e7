-- answers: The duty list (职责清单): every minor class with its responsible body, legal basis, time limit and standard.
-- grain: one row per item
create or replace table duty_item as
select
    record_id,
    fields->>'item_code' as item_code,
    fields->>'major' as major,
    fields->>'minor' as minor,
    fields->>'body' as body,
    fields->>'legal_basis' as legal_basis,
    (fields->>'limit_amount')::double as limit_amount,
    fields->>'limit_unit' as limit_unit,      -- working_hours | working_days | calendar_days | urgent_hours
    fields->>'standard' as standard
from record
where record_kind = 'duty_item';
