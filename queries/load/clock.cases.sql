-- answers: The petitions among the given ones that need a clock of ours, with the time limit of their class: those whose
-- source gives no due time, and those with an event that moves it. A reclassification event counts over the class
-- the petition was reported with.
-- params: records table
-- returns: case_id bigint, started_at timestamp, amount double, unit varchar, given_due_at timestamp, item_code varchar
-- grain: one row per petition
-- order: case_id
with moved as (
    select distinct petition_no
    from petition_event
    where event in ('extended', 'suspended', 'resumed', 'reclassified')
),
reclassified as (
    select petition_no, max_by(category, happened_at) as category, max_by(subcategory, happened_at) as subcategory
    from petition_event
    where event = 'reclassified'
    group by petition_no
),
item as (
    select major, minor, min(item_code) as item_code, min_by(limit_amount, item_code) as amount,
           min_by(limit_unit, item_code) as unit
    from duty_item
    where limit_amount is not null
      and limit_unit is not null
    group by major, minor
)
select
    petition.petition_id as case_id,
    coalesce(petition.accepted_at, petition.received_at) as started_at,
    item.amount,
    item.unit,
    petition.due_reported_at as given_due_at,
    item.item_code
from petition
left join reclassified on reclassified.petition_no = petition.petition_no
left join item
  on item.major = coalesce(reclassified.category, petition.category)
 and item.minor = coalesce(reclassified.subcategory, petition.subcategory)
where petition.petition_id in (select record_id from records)
  and petition.status not in ('rejected', 'merged', 'split', 'void')
  and ((petition.due_reported_at is null and item.item_code is not null)
       or petition.petition_no in (select petition_no from moved)
       or petition.petition_id in (select petition_id from petition_deadline))
order by case_id;
