-- answers: The chains of responsibility (责任链条), such as street, community, block, grid and building: which role
-- answers for which unit at each step.
-- grain: one row per chain and step
create or replace table duty_chain as
select
    record_id,
    fields->>'chain' as chain,
    (fields->>'step')::integer as step,
    fields->>'role' as role,
    fields->>'title' as title,
    fields->>'unit' as unit,                   -- district ... red_grid | building | household
    (fields->>'span_most')::integer as span_most
from record
where record_kind = 'duty_chain';
