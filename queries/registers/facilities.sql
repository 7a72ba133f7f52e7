-- answers: The places where people are served (服务设施), such as service centres (党群服务中心).
-- grain: one row per facility
create or replace table facility as
select
    record_id,
    fields->>'facility_no' as facility_no,
    fields->>'name' as name,
    fields->>'kind' as kind,                  -- service_center | station | other
    coalesce((fields->>'opened_on')::date, date '1900-01-01') as opened_on,
    coalesce((fields->>'closed_on')::date, date '9999-12-31') as closed_on
from record
where record_kind = 'facility';
